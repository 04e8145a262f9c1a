import type { Socket } from 'node:net';
import type { CloseReason } from '../tap.ts';
import { Connection, type Joint, reset } from './connection.ts';
import { isReset } from './upstream.ts';

/**
 * Joins a client to a server for good and moves bytes both ways, unchanged, until both have ended or one is gone.
 * `early` is what the client sent before the server could be reached.
 */
export function tunnel(joint: Joint, early: Buffer): void {
  const { client, clientStream, serverStream } = joint;
  const connection = new Connection(joint, {
    ended: () => clientStream.end(),
    closed: (reason) => {
      hangUp(client.socket, clientStream, reason);
      connection.settle('last');
    },
  });
  if (early.length > 0) connection.send(early);
  feed(clientStream, connection, (bytes) => connection.send(bytes));
  serverStream.resume();
  clientStream.resume();
}

/** Hands what the client sends to `take`, and its end, reset or disappearance to the connection. */
function feed(clientStream: Socket, connection: Connection, take: (bytes: Buffer) => void): void {
  clientStream.on('data', take);
  clientStream.on('end', () => connection.endClient());
  clientStream.on('error', (error) => connection.cut(isReset(error) ? 'client-reset' : 'client-gone'));
  clientStream.on('close', () => connection.cut('client-gone'));
  if (clientStream.readableEnded) connection.endClient();
  if (clientStream.closed) connection.cut('client-gone');
}

/**
 * Closes the client's side as the server closed its own: one that was cut off is passed on as a reset, since an orderly
 * end would make a body that runs until the end look complete.
 */
export function hangUp(socket: Socket, stream: Socket, reason: CloseReason): void {
  if (reason === 'server-reset' || reason === 'server-gone') reset(socket);
  else stream.destroySoon();
}
