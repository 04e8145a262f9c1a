import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';

/**
 * Asks the proxy at `port` for a tunnel and gives the socket once that is granted, with all that came behind the answer
 * still to be read. Rejects with the answer when it is not.
 */
export function openTunnel(
  port: number,
  authority: string,
  early: Uint8Array = new Uint8Array(),
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    let answer: Buffer = Buffer.alloc(0);
    const take = (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 || !answer.toString('latin1').startsWith('HTTP/1.1 200 ')) return;
      release();
      socket.pause().unshift(answer.subarray(end + 4));
      resolve(socket);
    };
    const ended = () => {
      release();
      socket.destroy();
      reject(new Error(answer.toString('latin1')));
    };
    const release = () => socket.off('data', take).off('end', ended).off('error', ended);
    socket.on('data', take).on('end', ended).on('error', ended);
    const head = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), early]));
  });
}

/** TLS inside a tunnel to `authority`, once the handshake is done. Trusts nobody unless told so. */
export async function openTlsTunnel(
  port: number,
  authority: string,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  const socket = await openTunnel(port, authority);
  const stream = connectTls({ ...options, socket });
  await once(stream, 'secureConnect');
  return stream;
}
