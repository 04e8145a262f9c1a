import { connect } from 'node:tls';
import { startRawOrigin } from './raw-origin.ts';

/** The first record of a TLS client of Node's that asks for `servername`. */
export async function clientHello(servername: string): Promise<Buffer> {
  await using origin = await startRawOrigin();
  const client = connect({ port: origin.port, host: '127.0.0.1', servername }).on('error', () => {});
  const server = await origin.next();
  await server.until(5);
  await server.until(5 + server.bytes.readUInt16BE(3));
  client.destroy();
  return server.bytes;
}
