import { createHash } from 'node:crypto';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { RowKind } from '../session/message-table.ts';
import type { Side } from '../tap.ts';

/** Bytes by the classes that an exchange can have. */
export interface ClassWeights {
  head: number;
  framing: number;
  control: number;
  payload: number;
  undecoded: number;
}

/** A message as it was meant, or as it was told. Texts have a character for each byte. */
export interface StoryMessage {
  readonly from: Side;
  readonly kind: RowKind;
  name: string;
  /** Where it begins in its direction of the connection. */
  start: number;
  readonly weight: ClassWeights;
  /** The payload as carried, without its mask; of an event its data. */
  bytes: string;
  /** What that decompresses to; '' where it was not compressed. */
  content: string;
  readonly complete: boolean;
}

/** An exchange as it was meant, or as it was told. */
export interface StoryExchange {
  protocol: ExchangeProtocol;
  /** In the order they begin; those of an event stream in the order they end. */
  readonly messages: StoryMessage[];
  readonly ledger: Readonly<Record<Side, ClassWeights>>;
  /** A compressed event stream: where in it a message begins, and what it weighs, depends on where the network cuts. */
  isApportioned: boolean;
}

export function noWeight(): ClassWeights {
  return { head: 0, framing: 0, control: 0, payload: 0, undecoded: 0 };
}

/**
 * A line for each exchange and each of its messages. The client's come first: which side is heard first is not part of
 * the meaning.
 */
export function storyOf(exchanges: readonly StoryExchange[]): string[] {
  return exchanges.flatMap((exchange, index) => [
    `#${index + 1} ${exchange.protocol}`,
    ...(['client', 'server'] as const).flatMap((side) => [
      ...exchange.messages.filter(({ from }) => from === side).map((each) => messageLine(each, exchange)),
      `${side} in all: ${weightText(exchange.ledger[side])}`,
    ]),
  ]);
}

function messageLine(message: StoryMessage, { isApportioned }: StoryExchange): string {
  const { from, kind, name, start, weight, bytes, content, complete } = message;
  const isShare = isApportioned && (kind === 'event' || kind === 'comment');
  return [
    from,
    kind,
    ...(name === '' ? [] : [quoted(name)]),
    isShare ? 'somewhere' : `at ${start}: ${weightText(weight)}`,
    quoted(bytes),
    ...(content === '' ? [] : ['=', quoted(content)]),
    ...(complete ? [] : ['cut off']),
  ].join(' ');
}

function weightText(weight: ClassWeights): string {
  const { head, framing, control, payload, undecoded } = weight;
  const odd = undecoded === 0 ? '' : ` undecoded ${undecoded}`;
  return `head ${head} framing ${framing} control ${control} payload ${payload}${odd}`;
}

const MAX_QUOTED = 300;

/** A text in quotes; of a long one the beginning, and what tells it from others. */
export function quoted(text: string): string {
  if (text.length <= MAX_QUOTED) return JSON.stringify(text);
  const digest = createHash('sha1').update(text, 'latin1').digest('hex').slice(0, 8);
  return `${JSON.stringify(text.slice(0, MAX_QUOTED))}… (${text.length} bytes, ${digest})`;
}
