import type { Socket } from 'node:net';

/** Moves bytes both ways with backpressure and half-close, and does nothing else. */
export function pumpBothWays(client: Socket, server: Socket): void {
  pump(client, server);
  pump(server, client);
}

function pump(from: Socket, to: Socket): void {
  from.on('data', (bytes) => {
    if (!to.write(bytes)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', (hadError) => hadError && to.destroy());
}
