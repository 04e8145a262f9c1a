import { openInflater } from '../decoders/content-encoding.ts';
import { BEGINNING } from '../decoders/layer.ts';
import { readExtensions } from '../decoders/websocket/extensions.ts';
import { MessageDecoder } from '../decoders/websocket/message-decoder.ts';
import type { Side } from '../tap.ts';
import { checkBytes } from './checked-bytes.ts';
import { type DecodedMessages, MessageCollector } from './decoded-messages.ts';

/** What frames do not say themselves. */
export interface WebSocketOptions {
  /** Who sent them: a client has to mask, a server must not. */
  readonly from: Side;
  /** The Sec-WebSocket-Extensions that the server answered: 'permessage-deflate; client_no_context_takeover'. */
  readonly extensions?: string | undefined;
}

/**
 * Decodes and weighs WebSocket frames of one direction, from behind the handshake on (RFC 6455). No bytes make it throw: what is
 * broken is told as a fault.
 */
export function decodeWebSocket(
  bytes: Uint8Array,
  { from, extensions = '' }: WebSocketOptions,
): DecodedMessages {
  checkBytes('decodeWebSocket', bytes);
  const agreed = readExtensions(undefined, extensions === '' ? [] : [extensions]);
  const decoder = new MessageDecoder(from, {
    origin: BEGINNING,
    extensions: agreed.extensions,
    openInflater: (windowBits, limit) => openInflater('deflate-raw', limit, windowBits),
  });
  const collector = new MessageCollector('websocket', from);
  collector.add(decoder.push(bytes));
  collector.add(decoder.end());
  return collector.result();
}
