import { type Field, fieldValue, fieldValues } from '../../decoders/http1/fields.ts';
import type { RequestHead, ResponseHead } from '../../decoders/http1/head.ts';
import { Http1Conversation, type ProtocolSwitch } from '../../decoders/http1/http1-conversation.ts';
import { readExtensions } from '../../decoders/websocket/extensions.ts';
import type { WireEvent } from '../../decoders/wire-event.ts';
import type { Bytes, Side } from '../../tap.ts';
import type { Edit } from './edit.ts';
import { brokenHeadEdits, headEdits, MOST_START_LINE, trailerEdits } from './head-edits.ts';
import { OpaqueLayer } from './opaque-layer.ts';
import { CompressedPayload, type Payload, readPayload, UnreadPayload } from './payload.ts';
import type { Beginning, NextLayer, Redacting, RedactingLayer } from './redacting-layer.ts';
import { replacedCoding } from './replaced-coding.ts';
import { replacedText } from './replaced-text.ts';
import { WebSocketRedactor } from './websocket-redactor.ts';

/** What reads a tunnel from its beginning on. */
type OpenTunnel = (beginning: Beginning) => RedactingLayer;

type Told<Type> = Extract<WireEvent, { readonly type: Type }>;

/** HTTP/1: its heads, its bodies, and what follows it after a switch of protocols. */
export class HttpRedactor implements RedactingLayer {
  readonly #redacting: Redacting;
  readonly #openTunnel: OpenTunnel;
  readonly #http: Http1Conversation;
  readonly #pushed: Record<Side, number>;
  readonly #told: Record<Side, number>;
  /** The bytes behind those that were told of. */
  readonly #untold: Record<Side, Bytes> = { client: NOTHING, server: NOTHING };
  readonly #bodies: Record<Side, Payload | undefined> = { client: undefined, server: undefined };
  readonly #isUnread: Record<Side, boolean> = { client: false, server: false };
  /** Heads that come again, as polls do, are the same object. */
  readonly #last: Record<Side, { readonly head: unknown; readonly edits: readonly Edit[] } | undefined> = {
    client: undefined,
    server: undefined,
  };

  constructor(redacting: Redacting, beginning: Beginning, openTunnel: OpenTunnel) {
    this.#redacting = redacting;
    this.#openTunnel = openTunnel;
    this.#http = new Http1Conversation({ exchange: 1, isOpen: false, ...beginning });
    this.#pushed = { ...beginning };
    this.#told = { ...beginning };
  }

  push(from: Side, bytes: Bytes): void {
    this.#pushed[from] += bytes.length;
    this.#take(this.#http.push(from, bytes));
    this.#untold[from] = lastOf(this.#untold[from], bytes, this.#pushed[from] - this.#told[from]);
    if (this.#isFraming(from)) this.#redacting.held.settle(from, this.#pushed[from]);
  }

  lose(from: Side, length: number): void {
    this.#pushed[from] += length;
    this.#untold[from] = NOTHING;
    this.#take(this.#http.lose(from, length));
  }

  end(from: Side, isCutOff: boolean): void {
    this.#take(this.#http.end(from, isCutOff));
  }

  next(): NextLayer | undefined {
    const found = this.#http.switched();
    if (!found) return undefined;
    const { rest, isBehindHole } = found;
    const beginning = {
      client: this.#pushed.client - rest.client.length,
      server: this.#pushed.server - rest.server.length,
    };
    const layer = isBehindHole
      ? new OpaqueLayer(this.#redacting, beginning)
      : this.#successor(found, beginning);
    return { layer, rest };
  }

  #successor({ request, response }: ProtocolSwitch, beginning: Beginning): RedactingLayer {
    if (response.status !== 101) return this.#openTunnel(beginning);
    if (fieldValue(response.fields, 'upgrade')?.toLowerCase() !== 'websocket') {
      return new OpaqueLayer(this.#redacting, beginning);
    }
    const { extensions } = readExtensions(
      request && fieldValues(request.fields, 'sec-websocket-extensions'),
      fieldValues(response.fields, 'sec-websocket-extensions'),
    );
    return new WebSocketRedactor(this.#redacting, beginning, extensions);
  }

  #take(events: readonly WireEvent[]): void {
    for (const event of events) this.#takeOne(event);
    for (const from of ['client', 'server'] as const) {
      const undecided = this.#bodies[from]?.undecided;
      this.#redacting.held.settle(from, undecided ?? this.#told[from]);
    }
  }

  /** What ends a chunk is told of with the next one only, which may be long in coming. */
  #isFraming(from: Side): boolean {
    const body = this.#bodies[from];
    const { length } = this.#untold[from];
    if (!body || body.undecided !== undefined || length === 0) return false;
    if (length !== this.#pushed[from] - this.#told[from]) return false;
    return CHUNK_FRAMING.test(Buffer.from(this.#untold[from]).toString('latin1'));
  }

  #takeOne(event: WireEvent): void {
    switch (event.type) {
      case 'request':
        return this.#head('client', event);
      case 'response':
        return this.#head('server', event);
      case 'body':
        return this.#body(event);
      case 'missing':
        this.#bodies[event.from]?.lose(event.start, event.length);
        return this.#tell(event.from, event.start + event.length);
      case 'body-end':
        return this.#bodyEnd(event);
      case 'undecoded':
        return this.#undecoded(event);
    }
  }

  #head(from: Side, { start, length, head, bytes }: Told<'request'> | Told<'response'>): void {
    const last = this.#last[from];
    const edits = last?.head === head ? last.edits : headEdits(from, bytes, this.#redacting.names);
    this.#last[from] = { head, edits };
    this.#redacting.held.edit(from, start, edits);
    this.#bodies[from]?.end();
    this.#bodies[from] = this.#openBody(from, head);
    this.#tell(from, start + length);
  }

  #openBody(from: Side, { fields }: RequestHead | ResponseHead): Payload {
    const { held, names } = this.#redacting;
    const place = { held, from };
    const isEventStream = /^\s*text\/event-stream\s*(?:;|$)/i.test(fieldValue(fields, 'content-type') ?? '');
    const codings = codingsOf(fields);
    const [name] = codings;
    if (name === undefined) return readPayload(place, names, isEventStream);
    const coding = codings.length === 1 ? replacedCoding(name, isEventStream) : undefined;
    return coding ? new CompressedPayload(place, coding, isEventStream) : new UnreadPayload(place);
  }

  #body({ from, start, framing, bytes }: Told<'body'>): void {
    this.#bodies[from]?.take(start + framing, bytes);
    this.#tell(from, start + framing + bytes.length);
  }

  #bodyEnd({ from, start, framing, head }: Told<'body-end'>): void {
    const end = start + framing + head;
    if (head > 0) this.#trailers(from, end, head);
    this.#bodies[from]?.end();
    this.#bodies[from] = undefined;
    this.#tell(from, end);
  }

  /** They stand before the blank line that ends the body. */
  #trailers(from: Side, end: number, length: number): void {
    const { held, names } = this.#redacting;
    const blank = held.copy(from, end - 2, end)[0] === CR ? 2 : 1;
    const start = end - blank - length;
    held.edit(from, start, trailerEdits(held.copy(from, start, start + length), names));
  }

  /**
   * The first of them may be the beginning of a head that cannot be read. Where lines end stays: readers are to find out at the same
   * place that it is none.
   */
  #undecoded({ from, start, length }: Told<'undecoded'>): void {
    const { held, names } = this.#redacting;
    if (!this.#isUnread[from] && this.#bodies[from] === undefined) {
      const head = held.copy(from, start, start + Math.min(length, MOST_START_LINE));
      const broken = brokenHeadEdits(from, head, names);
      held.edit(from, start, broken.edits);
      held.replace(from, start + broken.kept, start + length, putWordsInLines);
    } else {
      held.replace(from, start, start + length, putWordsInLines);
    }
    this.#isUnread[from] = true;
    this.#tell(from, start + length);
  }

  #tell(from: Side, end: number): void {
    this.#told[from] = end;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** The end of a chunk and the size of the next one, or as much of them as there is. */
const CHUNK_FRAMING = /^\r?\n?[0-9a-f]*\r?\n?$/i;
const LONGEST_FRAMING = 20;
const NOTHING: Bytes = new Uint8Array();

/** Where lines end stays. */
function putWordsInLines(bytes: Buffer, place: number): void {
  const words = replacedText(place, bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] === LF || bytes[index] === CR) continue;
    bytes[index] = words[index] === LF ? SPACE : words[index]!;
  }
}

/** The last `length` of both; a copy. */
function lastOf(before: Bytes, bytes: Bytes, length: number): Bytes {
  if (length === 0 || length > LONGEST_FRAMING) return NOTHING;
  if (length <= bytes.length) return Uint8Array.from(bytes.subarray(bytes.length - length));
  return Buffer.concat([before, bytes]).subarray(-length);
}

/** What a body went through, `identity` and the chunks left out. */
function codingsOf(fields: readonly Field[]): string[] {
  const lists = [...fieldValues(fields, 'content-encoding'), ...fieldValues(fields, 'transfer-encoding')];
  return lists
    .flatMap((list) => list.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'chunked');
}
