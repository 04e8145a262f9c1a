import type { AddressInfo, Server } from 'node:net';

/** Listens where the system likes on 127.0.0.1, and prints the address as tare does. */
export function listenAndTell(server: Server): void {
  server.listen(0, '127.0.0.1', 4096, () => {
    console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
