import fc from 'fast-check';
import type { Side } from '../tap.ts';
import type { ConversationScript, Place } from './conversation-script.ts';
import { cutAt } from './cuts.ts';
import type { StoryExchange } from './exchange-story.ts';
import { type FieldsRecipe, fieldSection, fieldsRecipe } from './head-script.ts';
import { type RequestRecipe, requestRecipe, sayRequestHead } from './http-script.ts';
import { RawDeflater } from './raw-deflater.ts';
import { websocketFrame } from './websocket-frame.ts';

interface ControlRecipe {
  readonly kind: 'ping' | 'pong';
  readonly body: string;
}

interface DataRecipe {
  readonly kind: 'text' | 'binary';
  readonly body: string;
  /** Where fragments end. */
  readonly places: readonly number[];
  /** Frames behind the first fragment, where it is not the last. */
  readonly between: readonly ControlRecipe[];
  /** Where compression was agreed on: ended by a sync flush, or by a final block (RFC 7692 section 7.2.3.4). */
  readonly compression: 'none' | 'flushed' | 'final';
}

/** What one side sends before the other goes on. */
interface Turn {
  readonly from: Side;
  readonly messages: readonly (ControlRecipe | DataRecipe)[];
}

/** How one side compresses. */
interface Compression {
  readonly takeover: boolean;
  readonly windowBits: number;
}

/** Sec-WebSocket-Extensions, and what it comes to (RFC 7692 section 7.1). */
interface Agreement {
  readonly offer: string;
  readonly answer: string;
  readonly client?: Compression;
  readonly server?: Compression;
}

export interface WebSocketRecipe {
  readonly request: RequestRecipe;
  readonly fields: FieldsRecipe;
  readonly agreement: Agreement;
  /** Frames that the client sends without waiting for the answer to its handshake. */
  readonly early: readonly ControlRecipe[];
  readonly turns: readonly Turn[];
  readonly close: { readonly first: Side; readonly code: number; readonly reason: string } | undefined;
  readonly key: readonly number[];
}

const PLAIN = { takeover: true, windowBits: 15 };
const FORGETFUL = { takeover: false, windowBits: 15 };

const AGREEMENTS: readonly Agreement[] = [
  { offer: '', answer: '' },
  { offer: 'permessage-deflate', answer: '' },
  { offer: 'permessage-deflate', answer: 'permessage-deflate', client: PLAIN, server: PLAIN },
  {
    offer: 'x-other, permessage-deflate; client_max_window_bits',
    answer: 'permessage-deflate;server_no_context_takeover;client_no_context_takeover',
    client: FORGETFUL,
    server: FORGETFUL,
  },
  {
    offer: 'permessage-deflate; client_max_window_bits; server_max_window_bits=10',
    answer: 'permessage-deflate; server_max_window_bits="9"; client_max_window_bits=12',
    client: { takeover: true, windowBits: 12 },
    server: { takeover: true, windowBits: 9 },
  },
];

const short = fc.string({ unit: fc.constantFrom('a', 'b', '0', 'ö', '€', '😀'), maxLength: 20 });
const repeated = (...lengths: readonly number[]) =>
  fc.constantFrom(...lengths).map((length) => 'again '.repeat(length).slice(0, length));

const control: fc.Arbitrary<ControlRecipe> = fc.record({
  kind: fc.constantFrom('ping', 'pong'),
  body: fc.oneof(short, fc.constant('x'.repeat(125))),
});

const data: fc.Arbitrary<DataRecipe> = fc.record({
  kind: fc.constantFrom('text', 'binary'),
  body: fc.oneof(
    { weight: 10, arbitrary: short },
    { weight: 5, arbitrary: repeated(125, 126, 127, 3000) },
    { weight: 2, arbitrary: repeated(65_535, 65_536) },
  ),
  places: fc.array(fc.nat(), { maxLength: 3 }),
  between: fc.array(control, { maxLength: 2 }),
  compression: fc.constantFrom('none', 'flushed', 'final'),
});

const side = fc.constantFrom<Side>('client', 'server');

/** A WebSocket, and with it the end of a connection. */
export const webSocket: fc.Arbitrary<WebSocketRecipe> = fc.record({
  request: requestRecipe.map((request) => ({ ...request, method: 'GET', isOld: false })),
  fields: fieldsRecipe,
  agreement: fc.constantFrom(...AGREEMENTS),
  early: fc.array(control, { maxLength: 2 }),
  turns: fc.array(
    fc.record({ from: side, messages: fc.array(fc.oneof(data, control), { minLength: 1, maxLength: 3 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  close: fc.option(
    fc.record({
      first: side,
      code: fc.constantFrom(1000, 1001, 1003, 1007, 1014, 3000, 4999),
      reason: short,
    }),
    { nil: undefined },
  ),
  key: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
});

export function sayWebSocket(script: ConversationScript, recipe: WebSocketRecipe): void {
  const { early, turns, close } = recipe;
  const exchange = script.open('websocket');
  sayHandshakeRequest(script, exchange, recipe);
  const frames = new FrameWriter(script, exchange, recipe);
  if (early.length > 0) script.step('client', { isEarly: true });
  for (const each of early) frames.control('client', each.kind, utf8(each.body));
  sayHandshakeResponse(script, exchange, recipe);
  for (const { from, messages } of turns) {
    for (const message of messages) {
      if ('places' in message) frames.data(from, message);
      else frames.control(from, message.kind, utf8(message.body));
    }
  }
  if (!close) return;
  const body = Buffer.concat([Buffer.from([close.code >> 8, close.code & 255]), utf8(close.reason)]);
  const name = close.reason === '' ? `${close.code}` : `${close.code} ${close.reason}`;
  frames.control(close.first, 'close', body, name);
  frames.control(close.first === 'client' ? 'server' : 'client', 'close', Buffer.alloc(0));
}

function sayHandshakeRequest(
  script: ConversationScript,
  exchange: StoryExchange,
  { request, agreement }: WebSocketRecipe,
): void {
  script.step('client');
  sayRequestHead(script, script.begin(exchange, 'client', 'request'), request, [
    ['Upgrade', 'websocket'],
    ['Connection', 'keep-alive, Upgrade'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ...extensionField(agreement.offer),
  ]);
}

function sayHandshakeResponse(
  script: ConversationScript,
  exchange: StoryExchange,
  { fields, agreement }: WebSocketRecipe,
): void {
  const section = fieldSection(fields, [
    ['Upgrade', 'WebSocket'],
    ['Connection', 'upgrade'],
    ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
    ...extensionField(agreement.answer),
  ]);
  const place = script.begin(exchange, 'server', 'response');
  script.say(place, 'head', `HTTP/1.1 101 Switching Protocols\r\n${section}`);
}

function extensionField(value: string): readonly (readonly [string, string])[] {
  return value === '' ? [] : [['Sec-WebSocket-Extensions', value]];
}

/** Says messages as frames (RFC 6455 section 5.2) and books them. */
class FrameWriter {
  readonly #script: ConversationScript;
  readonly #exchange: StoryExchange;
  readonly #recipe: WebSocketRecipe;
  readonly #deflaters: Readonly<Record<Side, RawDeflater>>;
  #frames = 0;

  constructor(script: ConversationScript, exchange: StoryExchange, recipe: WebSocketRecipe) {
    this.#script = script;
    this.#exchange = exchange;
    this.#recipe = recipe;
    const { client, server } = recipe.agreement;
    this.#deflaters = {
      client: new RawDeflater(client?.windowBits),
      server: new RawDeflater(server?.windowBits),
    };
  }

  /** A control frame is `control` whole. */
  control(from: Side, kind: 'ping' | 'pong' | 'close', body: Buffer, name = ''): void {
    const opcode = kind === 'close' ? 8 : kind === 'ping' ? 9 : 10;
    const place = this.#script.begin(this.#exchange, from, kind, name);
    place.message.bytes = body.toString('latin1');
    const frame = websocketFrame({ opcode, payload: body, key: this.#key(from) });
    this.#script.say(place, 'control', frame.toString('latin1'));
  }

  /** A message in fragments; of a frame the header is framing. */
  data(from: Side, recipe: DataRecipe): void {
    const { kind, body, places, between } = recipe;
    const place = this.#script.begin(this.#exchange, from, kind);
    const content = utf8(body);
    const compressed = this.#compressed(from, recipe.compression, content);
    const carried = compressed ?? content;
    place.message.bytes = carried.toString('latin1');
    if (compressed) place.message.content = content.toString('latin1');
    const fragments = cutAt(carried, places);
    fragments.forEach((payload, index) => {
      const opcode = index > 0 ? 0 : kind === 'text' ? 1 : 2;
      const rsv = compressed && index === 0 ? 4 : 0;
      this.#dataFrame(place, { opcode, rsv, fin: index === fragments.length - 1, payload });
      if (index > 0 || fragments.length === 1) return;
      for (const each of between) this.control(from, each.kind, utf8(each.body));
    });
  }

  #dataFrame(
    place: Place,
    parts: {
      readonly opcode: number;
      readonly rsv: number;
      readonly fin: boolean;
      readonly payload: Uint8Array;
    },
  ): void {
    const frame = websocketFrame({ ...parts, key: this.#key(place.from) });
    const header = frame.length - parts.payload.length;
    this.#script.say(place, 'framing', frame.toString('latin1', 0, header));
    this.#script.say(place, 'payload', frame.toString('latin1', header));
  }

  /** RFC 7692 section 7.2.1; undefined where it is not to be compressed, or cannot. */
  #compressed(from: Side, compression: DataRecipe['compression'], content: Buffer): Buffer | undefined {
    const agreed = this.#recipe.agreement[from];
    if (!agreed || compression === 'none') return undefined;
    const deflater = this.#deflaters[from];
    if (!agreed.takeover) deflater.forget();
    if (compression === 'final') return Buffer.concat([deflater.finished(content), Buffer.alloc(1)]);
    return deflater.flushed(content).subarray(0, -4);
  }

  /** Another one for each frame of a client. */
  #key(from: Side): readonly number[] | undefined {
    const frame = this.#frames++;
    return from === 'client' ? this.#recipe.key.map((byte) => (byte + frame) & 255) : undefined;
  }
}

function utf8(text: string): Buffer {
  return Buffer.from(text);
}
