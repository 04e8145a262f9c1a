import { brotliCompressSync, crc32 } from 'node:zlib';
import fc from 'fast-check';
import { BOM, type FramingRecipe, framingFields, framingRecipe, type Run, sayBody } from './body-script.ts';
import { type ConversationScript, newMessage, type Place } from './conversation-script.ts';
import { cutAt } from './cuts.ts';
import type { StoryExchange, StoryMessage } from './exchange-story.ts';
import { type FieldsRecipe, fieldSection, fieldsRecipe } from './head-script.ts';
import { type RequestRecipe, requestRecipe, sayRequest } from './http-script.ts';
import { RawDeflater } from './raw-deflater.ts';

interface Field {
  readonly type: 'data' | 'event' | 'id' | 'retry';
  readonly value: string;
  /** Behind the name. */
  readonly separator: string;
}

interface NoField {
  readonly type: 'comment' | 'ignored';
  readonly value: string;
}

type Line = Field | NoField;

export interface EventStreamRecipe {
  readonly request: RequestRecipe;
  readonly type: string;
  readonly fields: FieldsRecipe;
  readonly framing: FramingRecipe;
  readonly coding: 'identity' | 'gzip' | 'br';
  /** Where a compressor flushes. */
  readonly flushes: readonly number[];
  readonly hasBom: boolean;
  /** What stands between blank lines. */
  readonly blocks: readonly (readonly Line[])[];
  /** Line ends, by turns. */
  readonly ends: readonly string[];
}

const value = fc.string({ unit: fc.constantFrom('a', '7', ' ', ':', '\t', 'ö', '€', '😀'), maxLength: 12 });
const separator = fc.constantFrom(': ', ':');
const named = (type: 'data' | 'event' | 'id', values = value) =>
  fc.record({ type: fc.constant(type), value: values, separator });

const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 4, arbitrary: named('data', fc.oneof(value, fc.constant('data '.repeat(300)))) },
  named('event'),
  named('id'),
  fc.record({ type: fc.constant('retry'), value: fc.constantFrom('0', '3000'), separator }),
  fc.record({ type: fc.constant('comment'), value }),
  fc.record({
    type: fc.constant('ignored'),
    value: fc.constantFrom('foo: bar', 'DATA: a', 'data : x', 'x'),
  }),
);

function eventStreamRecipe(...framings: readonly FramingRecipe['type'][]): fc.Arbitrary<EventStreamRecipe> {
  return fc.record({
    request: requestRecipe.map((request) => ({
      ...request,
      method: request.method === 'GET' ? 'GET' : 'POST',
    })),
    type: fc.constantFrom('text/event-stream', 'Text/Event-Stream;charset=utf-8'),
    fields: fieldsRecipe,
    framing: framingRecipe(...framings).map((framing) => ({ ...framing, coding: 'chunked' })),
    coding: fc.constantFrom('identity', 'identity', 'gzip', 'br'),
    flushes: fc.array(fc.nat(200), { maxLength: 3 }),
    hasBom: fc.boolean(),
    blocks: fc.array(fc.array(line, { maxLength: 5 }), { maxLength: 5 }),
    ends: fc.oneof(
      ...['\n', '\r\n', '\r'].map((end) => fc.constant([end])),
      fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 4 }),
    ),
  });
}

/** A stream that leaves the connection open, and one that ends with it. */
export const eventStream = eventStreamRecipe('chunked', 'length');
export const lastEventStream = eventStreamRecipe('until-close');

export function sayEventStream(script: ConversationScript, recipe: EventStreamRecipe): void {
  const { request, type, fields, framing, coding } = recipe;
  script.step('client');
  const exchange = script.open('sse');
  sayRequest(script, exchange, request, { isAlone: true, isLast: true });
  script.step('server', { keepsLineEnds: coding === 'identity' });
  const stream = new StreamWriter(exchange, recipe).written();
  const body = coding === 'identity' ? stream.runs : compressedRuns(recipe, exchange, stream);
  const length = body.reduce((sum, { text }) => sum + text.length, 0);
  const head = fieldSection(fields, [
    ['Content-Type', type],
    ...(coding === 'identity' ? [] : [['Content-Encoding', coding] as const]),
    ...framingFields(framing, length),
  ]);
  const response = script.begin(exchange, 'server', 'response');
  script.say(response, 'head', `HTTP/1.1 200 OK\r\n${head}`);
  exchange.messages.push(...stream.told);
  sayBody(script, body, framing, { exchange, from: 'server' });
}

/** An event stream as it is before it is compressed, and its messages in the order they are told. */
interface WrittenStream {
  readonly runs: readonly Run[];
  readonly told: readonly StoryMessage[];
}

/** Where a block's message is, or the next one that begins. */
interface OpenPlace extends Place {
  message: StoryMessage | undefined;
}

/** Writes an event stream line by line, and books each, by WHATWG HTML section 9.2.6 and docs/words.md. */
class StreamWriter {
  readonly #exchange: StoryExchange;
  readonly #recipe: EventStreamRecipe;
  readonly #runs: Run[] = [];
  readonly #told: StoryMessage[] = [];
  /** Of the block's own message, from its first field on. */
  #draft: OpenPlace | undefined;
  /** Of what is no field while there is no draft: the next message that begins, if one does. */
  #next: OpenPlace;
  readonly #begun = new Set<StoryMessage>();
  #hasData = false;
  #lines = 0;

  constructor(exchange: StoryExchange, recipe: EventStreamRecipe) {
    this.#exchange = exchange;
    this.#recipe = recipe;
    this.#next = this.#nowhere();
  }

  written(): WrittenStream {
    if (this.#recipe.hasBom) this.#noise(BOM);
    for (const block of this.#recipe.blocks) {
      for (const line of block) this.#line(line, block);
      this.#blankLine();
    }
    return { runs: this.#runs, told: this.#told };
  }

  #line(line: Line, block: readonly Line[]): void {
    if ('separator' in line) this.#field(line, this.#draft ?? this.#openDraft(block));
    else if (line.type === 'comment') this.#comment(utf8(line.value));
    else this.#noise(line.value + this.#lineEnd());
  }

  /** What clients ignore. */
  #noise(text: string): void {
    this.#write(this.#draft ?? this.#next, 'framing', text);
  }

  /** Stands on its own, also in the middle of an event. */
  #comment(text: string): void {
    const message = newMessage('server', 'comment', '', 0);
    message.bytes = text;
    const place = this.#draft ? this.#nowhere() : this.#claimNext();
    place.message = message;
    this.#write(place, 'control', `:${text}${this.#lineEnd()}`);
    this.#tell(message);
  }

  #field({ type, value, separator }: Field, draft: OpenPlace): void {
    // One space behind the colon is no part of the value, so a value that begins with one has another before it.
    const start = `${type}${value === '' && separator === ':' ? '' : value.startsWith(' ') ? ': ' : separator}`;
    const text = utf8(value);
    if (type === 'retry') this.#write(draft, 'control', start + text + this.#lineEnd());
    else {
      this.#write(draft, 'framing', start);
      this.#write(draft, 'payload', text);
      this.#write(draft, 'framing', this.#lineEnd());
    }
    if (draft.message) this.#mean(type, value, draft.message);
  }

  /** What a field makes of its message. */
  #mean(type: Field['type'], value: string, message: StoryMessage): void {
    const isEvent = message.kind === 'event';
    if (type === 'event') message.name = value === '' ? 'message' : value;
    if (type === 'retry' && !isEvent) message.bytes = value;
    if (type !== 'data') return;
    message.bytes += (this.#hasData ? '\n' : '') + utf8(value);
    this.#hasData = true;
  }

  /** Sends the block's message off. */
  #blankLine(): void {
    this.#noise(this.#lineEnd(true));
    if (this.#draft?.message) this.#tell(this.#draft.message);
    this.#draft = undefined;
  }

  /** A block of nothing but `retry` is no event. */
  #openDraft(block: readonly Line[]): OpenPlace {
    const isEvent = block.some(({ type }) => type === 'data' || type === 'event' || type === 'id');
    this.#draft = this.#claimNext();
    this.#draft.message = newMessage(
      'server',
      isEvent ? 'event' : 'comment',
      isEvent ? 'message' : 'retry',
      0,
    );
    this.#hasData = false;
    return this.#draft;
  }

  #claimNext(): OpenPlace {
    const claimed = this.#next;
    this.#next = this.#nowhere();
    return claimed;
  }

  #nowhere(): OpenPlace {
    return { exchange: this.#exchange, from: 'server', message: undefined };
  }

  #write(place: OpenPlace, what: Run['what'], text: string): void {
    const { message } = place;
    const begins = message !== undefined && !this.#begun.has(message);
    if (begins) this.#begun.add(message);
    if (text !== '') this.#runs.push({ place, what, text, begins, completes: false });
  }

  /** The message is told with the line just written. */
  #tell(message: StoryMessage): void {
    this.#runs.push({ ...this.#runs.pop()!, completes: true });
    this.#told.push(message);
  }

  /** The next line's end; an LF of a blank line right behind a CR would be that one's. */
  #lineEnd(isBlank = false): string {
    const { ends } = this.#recipe;
    const end = ends[this.#lines++ % ends.length]!;
    const isAfterReturn = this.#runs.at(-1)?.text.endsWith('\r') ?? false;
    return isBlank && isAfterReturn && end === '\n' ? '\r' : end;
  }
}

/** The same stream as payload that shows nothing of its messages, but for their content. */
function compressedRuns(
  { coding, flushes }: EventStreamRecipe,
  exchange: StoryExchange,
  { runs, told }: WrittenStream,
): Run[] {
  exchange.isApportioned = true;
  for (const message of told) message.content = message.bytes;
  const content = Buffer.from(runs.map(({ text }) => text).join(''), 'latin1');
  const pieces = coding === 'br' ? [brotliCompressSync(content)] : gzipped(cutAt(content, flushes));
  const place = { exchange, from: 'server' } as const;
  return pieces.map((piece) => ({ place, what: 'payload', text: piece.toString('latin1') }));
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** RFC 1952, flushed behind each piece. */
function gzipped(pieces: readonly Uint8Array[]): Buffer[] {
  const deflater = new RawDeflater();
  const content = Buffer.concat(pieces);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  const flushed = pieces.map((piece) => deflater.flushed(piece));
  return [GZIP_HEADER, ...flushed, deflater.finished(Buffer.alloc(0)), trailer];
}

/** A character for each byte. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}
