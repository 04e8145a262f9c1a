import type { Bytes, Side } from '../tap.ts';
import type { SseMessage } from './sse-event.ts';
import type { WireEvent } from './wire-event.ts';

/** Whose body an event stream is. */
export interface StreamPlace {
  readonly exchange: number;
  readonly from: Side;
}

/** What a message used of the connection. */
export interface MessageBytes {
  readonly start: number;
  readonly framing: number;
  readonly control: number;
  readonly payload: number;
}

/** A message of an event stream as the conversation tells it. */
export function sseWireMessage(
  { exchange, from }: StreamPlace,
  { kind, data, name, id, complete }: SseMessage,
  { start, framing, control, payload }: MessageBytes,
  content: Bytes | undefined,
): WireEvent {
  // Spelled out: a spread costs 10 times as much.
  return {
    type: 'message',
    kind,
    exchange,
    from,
    start,
    framing,
    control,
    payload,
    bytes: data,
    content,
    name,
    id,
    complete,
  };
}
