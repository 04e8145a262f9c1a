import type { Bytes } from '../tap.ts';

/** Letters of the methods there are, a space, and the beginning of a target (RFC 9112 section 3). */
const REQUEST = /^[A-Z]{3,20} [!-~]/;
const RESPONSE = 'HTTP/';
/** Bytes that suffice to see either. */
const BEGINNING = 24;

/** RFC 8446 section 5.1 and 4: where a record's type, its version's first byte and its message's type stand. */
const HANDSHAKE = 22;
const MAJOR_VERSION = 3;
const MESSAGE_TYPE = 5;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

/**
 * Whether the sender of the first bytes that a capture has of a connection is its client, where it lacks the beginning. By what
 * they look like; else the server is the one with the lower port.
 */
export function isFromClient(bytes: Bytes, senderPort: number, receiverPort: number): boolean {
  if (bytes[0] === HANDSHAKE && bytes[1] === MAJOR_VERSION) {
    if (bytes[MESSAGE_TYPE] === CLIENT_HELLO) return true;
    if (bytes[MESSAGE_TYPE] === SERVER_HELLO) return false;
  }
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING)).toString('latin1');
  if (beginning.startsWith(RESPONSE)) return false;
  return REQUEST.test(beginning) || senderPort >= receiverPort;
}
