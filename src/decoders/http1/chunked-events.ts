import type { Bytes } from '../../tap.ts';
import type { Fault } from '../decoder.ts';
import { LentBytes } from '../lent-bytes.ts';
import type { ChunkedSink } from './chunked.ts';
import type { Field } from './fields.ts';
import { quoted } from './section-reader.ts';

/** Bytes that say where chunks begin and end, where none of the body's stand right behind them. */
export interface FramingEvent {
  readonly type: 'framing';
  readonly start: number;
  readonly length: number;
}

/** A slice of a body where it lies, from `from` to `to` of what was lent: whoever reads on by index needs no view of it. */
export interface BodyEvent {
  readonly type: 'body';
  /** Where its framing begins. */
  readonly start: number;
  /** Framing included. */
  readonly length: number;
  /** Bytes of chunk-size lines right before the slice. */
  readonly framing: number;
  readonly lent: LentBytes;
  readonly from: number;
  readonly to: number;
}

/** The trailer fields of a chunked body, without the blank line behind them, which is framing. */
export interface TrailersEvent {
  readonly type: 'trailers';
  readonly start: number;
  readonly length: number;
  readonly fields: readonly Field[];
}

/** Bytes of a body that are missing. */
export interface MissingEvent {
  readonly type: 'missing';
  readonly start: number;
  readonly length: number;
}

export type ChunkedEvent = FramingEvent | BodyEvent | TrailersEvent | Fault;

/** An array of these events, or of these and others. */
interface Events {
  push(event: ChunkedEvent): unknown;
}

/** What must be known before the body, so that trailers come too late for it (RFC 9110 section 6.5.1). */
const BEFORE_THE_BODY: ReadonlySet<string> = new Set([
  ...['transfer-encoding', 'content-length', 'trailer', 'host', 'connection', 'upgrade', 'te', 'expect'],
  ...['content-encoding', 'content-type', 'content-range', 'cache-control', 'max-forwards', 'range'],
  ...[
    'authorization',
    'proxy-authorization',
    'www-authenticate',
    'proxy-authenticate',
    'cookie',
    'set-cookie',
  ],
]);

/** Tells what a chunked body consists of as events. */
export class ChunkedEvents implements ChunkedSink {
  readonly #events: Events;
  #lent: LentBytes | undefined;

  constructor(events: Events) {
    this.#events = events;
  }

  body(start: number, framing: number, bytes: Bytes, from: number, to: number): void {
    if (this.#lent?.bytes !== bytes) this.#lent = new LentBytes(bytes);
    const lent = this.#lent;
    this.#events.push({ type: 'body', start, length: framing + to - from, framing, lent, from, to });
  }

  framing(start: number, length: number): void {
    this.#events.push({ type: 'framing', start, length });
  }

  trailers(start: number, length: number, fields: readonly Field[]): void {
    this.#events.push({ type: 'trailers', start, length, fields });
    for (const { name } of fields) {
      if (!BEFORE_THE_BODY.has(name.toLowerCase())) continue;
      this.fault(start, 'RFC 9110 section 6.5.1', `${quoted(name)} in a trailer section`);
    }
  }

  fault(start: number, rule: string, detail: string): void {
    this.#events.push({ type: 'fault', start, rule, detail });
  }
}
