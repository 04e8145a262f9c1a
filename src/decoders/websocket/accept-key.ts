import { createHash } from 'node:crypto';
import { fieldValues } from '../http1/fields.ts';
import type { RequestHead, ResponseHead } from '../http1/head.ts';
import type { Violation } from './violation.ts';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const RULE = 'RFC 6455 section 4.1';

/**
 * What is wrong with the server's answer to the client's key: it proves that a WebSocket server, and not a cache or a server
 * of something else, read this very handshake. 3 us, once a connection. Nothing can be said where the client sent no key.
 */
export function acceptViolation(request: RequestHead, response: ResponseHead): Violation | undefined {
  const [key] = fieldValues(request.fields, 'sec-websocket-key');
  if (key === undefined) return undefined;
  const accepted = fieldValues(response.fields, 'sec-websocket-accept');
  if (accepted.length === 0) return { rule: RULE, detail: 'no Sec-WebSocket-Accept' };
  const expected = createHash('sha1').update(`${key}${GUID}`, 'latin1').digest('base64');
  const got = accepted.join(', ');
  if (got === expected) return undefined;
  return { rule: RULE, detail: `Sec-WebSocket-Accept is ${got} and not ${expected}` };
}
