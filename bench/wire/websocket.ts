import { createHash } from 'node:crypto';

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** An opening handshake (RFC 6455 section 4.1), always with the key of that RFC's own example. */
export function handshakeFor(path: string, authority: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n` +
      `Host: ${authority}\r\n` +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Version: 13\r\n\r\n',
  );
}

/** The server's half of the handshake, for whatever key the client's half holds (RFC 6455 section 4.2.2). */
export function handshakeAnswerFor(handshake: string): Buffer {
  const [, key = ''] = /^Sec-WebSocket-Key: (\S+)/im.exec(handshake) ?? [];
  return Buffer.from(
    'HTTP/1.1 101 Switching Protocols\r\n' +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64')}\r\n\r\n`,
  );
}

/** The answer that `handshakeFor` gets. */
export const HANDSHAKE_ANSWER: Buffer = handshakeAnswerFor(handshakeFor('/', 'localhost').toString());

/** The longest text whose frame needs no extended length: 125 B. */
export const MESSAGE: Buffer = Buffer.from('{"type":"tick","text":"weigh me"}'.padEnd(125, '.'));

const FIN_AND_TEXT = 0x81;
const FIN_AND_BINARY = 0x82;
const MASKED = 0x80;
const MASK_KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** `MESSAGE` as a server frames it: 2 + 125 B. */
export const SERVER_FRAME: Buffer = Buffer.concat([Buffer.from([FIN_AND_TEXT, MESSAGE.length]), MESSAGE]);

/** `MESSAGE` as a client frames it, masked: 6 + 125 B. */
export const CLIENT_FRAME: Buffer = Buffer.concat([
  Buffer.from([FIN_AND_TEXT, MASKED | MESSAGE.length]),
  MASK_KEY,
  MESSAGE.map((byte, index) => byte ^ MASK_KEY[index % 4]!),
]);

const LARGE_LENGTH = 65_536;

/** 64 KiB that do not repeat themselves as a server frames them, with a length of 64 bits: 10 + 65,536 B. */
export const LARGE_FRAME: Buffer = Buffer.concat([
  Buffer.from([FIN_AND_BINARY, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
  Buffer.from(Uint8Array.from({ length: LARGE_LENGTH }, (_, index) => Math.imul(index, 0x9e37_79b1) >>> 24)),
]);
