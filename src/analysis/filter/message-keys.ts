import type { MessageRow } from '../../session/message-table.ts';
import { amountTest, bytes, nanoseconds, share, wholeNumber } from './amount.ts';
import { hostOfFailure } from './exchange-keys.ts';
import { Needle } from './needle.ts';
import { SearchedAddress } from './searched-address.ts';
import type { Choice, FilterKey, MessageTest } from './test.ts';

const OPCODES: readonly Choice[] = [
  { text: 'text', tells: 'WebSocket text' },
  { text: 'binary', tells: 'WebSocket binary' },
  { text: 'ping', tells: 'is somebody there' },
  { text: 'pong', tells: 'yes' },
  { text: 'close', tells: 'the end, with a code' },
];

const KINDS: readonly Choice[] = [
  { text: 'request', tells: 'a request of HTTP, its body included' },
  { text: 'response', tells: 'a response of HTTP, its body included' },
  ...OPCODES,
  { text: 'event', tells: 'an event of an event stream' },
  { text: 'comment', tells: 'a comment in one: a sign of life' },
  { text: 'chunk', tells: 'what raw TCP delivered at once' },
];

/** What is asked of each message. */
export const MESSAGE_KEYS: readonly FilterKey[] = [
  {
    name: 'from',
    tells: 'who sent it',
    example: 'from:client',
    choices: [
      { text: 'client', tells: 'what clients sent' },
      { text: 'server', tells: 'what servers sent' },
    ],
    read: (value) => oneOf(value, ['client', 'server'], ({ from }) => from),
  },
  {
    name: 'kind',
    tells: 'what kind of message it is',
    example: 'kind:event',
    choices: KINDS,
    read: (value) =>
      oneOf(
        value,
        KINDS.map(({ text }) => text),
        ({ kind }) => kind,
      ),
  },
  {
    name: 'opcode',
    tells: 'what a WebSocket message is',
    example: 'opcode:ping',
    choices: OPCODES,
    read: (value) =>
      oneOf(
        value,
        OPCODES.map(({ text }) => text),
        ({ kind }) => kind,
      ),
  },
  amountKey('size', 'bytes of the message, overhead and payload', 'size:>1k', bytes, grossOf),
  amountKey(
    'payload',
    'bytes of its payload, as they travelled',
    'payload:0',
    bytes,
    ({ payload }) => payload,
  ),
  amountKey('overhead', 'the share of its bytes that only wraps', 'overhead:>50%', share, overheadOf),
  amountKey('at', 'when it came, since the session began', 'at:10s..20s', nanoseconds, ({ at }) => at),
  amountKey('code', 'the code of a WebSocket’s close', 'code:1006', wholeNumber, codeOf),
  nameKey('event', 'part of the type of an event', 'event:price', ({ name }) => name),
  nameKey('id', 'part of the id of an event', 'id:42', ({ id }) => id),
  {
    name: 'text',
    tells: 'anywhere in the content, decompressed where that is possible',
    example: 'text:"joined the room"',
    read: (value) => {
      const needle = new Needle(value);
      return {
        of: 'message',
        isCostly: true,
        fits: (session, number, row) => needle.isInMessage(session, number, row),
        fitsFailure: ({ failure }) => needle.isIn(failure?.message ?? ''),
      };
    },
  },
];

/** A bare word: in the host or the path of the exchange, or in the content of the message. */
export function wordTest(word: string): MessageTest {
  const needle = new Needle(word);
  const address = new SearchedAddress(needle);
  return {
    of: 'message',
    isCostly: true,
    fits: (session, number, row) =>
      address.hasIt(session, row.exchange) || needle.isInMessage(session, number, row),
    fitsWithout: (session, { number }) => address.hasIt(session, number),
    fitsFailure: (connection) => {
      const { failure } = connection;
      return needle.isIn(`${hostOfFailure(connection)} ${failure?.message} ${failure?.code}`);
    },
  };
}

function oneOf(
  value: string,
  words: readonly string[],
  wordOf: (row: MessageRow) => string,
): MessageTest | string {
  const asked = value.toLowerCase().split(',');
  if (asked.some((word) => !words.includes(word))) return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
  return { of: 'message', fits: (_session, _number, row) => asked.includes(wordOf(row)) };
}

function amountKey(
  name: string,
  tells: string,
  example: string,
  unit: (text: string) => number | undefined,
  amountOf: (row: MessageRow) => number | undefined,
): FilterKey {
  const read = (value: string): MessageTest | string => {
    const fits = amountTest(value, unit);
    if (!fits) return `an amount: ${example}; also with >, >=, <, <= before it, or from..to`;
    return {
      of: 'message',
      fits: (_session, _number, row) => {
        const amount = amountOf(row);
        return amount !== undefined && fits(amount);
      },
    };
  };
  return { name, tells, example, read };
}

/** Keys of events. */
function nameKey(
  name: string,
  tells: string,
  example: string,
  textOf: (row: MessageRow) => string,
): FilterKey {
  const read = (value: string): MessageTest => {
    const needle = new Needle(value);
    return {
      of: 'message',
      fits: (_session, _number, row) => row.kind === 'event' && needle.isIn(textOf(row)),
    };
  };
  return { name, tells, example, read };
}

function grossOf({ head, framing, control, payload }: MessageRow): number {
  return head + framing + control + payload;
}

/** Undefined of a message without bytes. */
function overheadOf(row: MessageRow): number | undefined {
  const gross = grossOf(row);
  return gross === 0 ? undefined : (gross - row.payload) / gross;
}

/** What a close was for; without a code it is 1005 (RFC 6455 section 7.1.5). */
function codeOf({ kind, name }: MessageRow): number | undefined {
  if (kind !== 'close') return undefined;
  return name === '' ? 1005 : Number.parseInt(name, 10);
}
