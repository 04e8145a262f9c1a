import type { Connection } from '../../session/connection.ts';
import { type Exchange, fieldValue } from '../../session/exchange.ts';
import { bothWays, gross } from '../../session/ledger.ts';
import type { Session } from '../../session/session.ts';
import { type AmountTest, amountTest, bytes, nanoseconds, wholeNumber } from './amount.ts';
import { FaultWords } from './fault-words.ts';
import { Needle } from './needle.ts';
import type { Choice, ExchangeTest, FilterKey } from './test.ts';

/** What is asked of an exchange as a whole. */
export const EXCHANGE_KEYS: readonly FilterKey[] = [
  {
    name: 'host',
    tells: 'part of the host, its port included',
    example: 'host:chat',
    read: (value) => {
      const needle = new Needle(value);
      return {
        of: 'exchange',
        fits: (session, exchange) => needle.isIn(session.hostOf(exchange)),
        fitsFailure: (connection) => needle.isIn(hostOfFailure(connection)),
      };
    },
  },
  {
    name: 'proto',
    tells: 'what it speaks',
    example: 'proto:ws',
    choices: [
      { text: 'ws', tells: 'WebSocket' },
      { text: 'sse', tells: 'event streams' },
      { text: 'poll', tells: 'polls, the parts of a series' },
      { text: 'http', tells: 'HTTP of any version' },
      { text: 'h1', tells: 'HTTP/1' },
      { text: 'h2', tells: 'HTTP/2, which is not decoded' },
      { text: 'tcp', tells: 'anything else that is not TLS' },
      { text: 'tls', tells: 'TLS that is not opened' },
    ],
    read: (value) => oneOf(value, PROTOCOLS, 'ws, sse, poll, http, h1, h2, tcp or tls'),
  },
  textKey('path', 'part of the path and query', 'path:/api', (_, { request }) => request?.target),
  textKey('url', 'part of host and path together', 'url:example/api', urlOf),
  {
    name: 'method',
    tells: 'the method of the request',
    example: 'method:POST',
    choices: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'].map((text) => ({
      text,
      tells: '',
    })),
    read: (value) => {
      const methods = new Set(value.toUpperCase().split(','));
      return { of: 'exchange', fits: (_, { request }) => methods.has(request?.method.toUpperCase() ?? '') };
    },
  },
  {
    name: 'status',
    tells: 'the status of the response',
    example: 'status:5xx',
    choices: ['2xx', '3xx', '4xx', '5xx', '101', '404'].map((text) => ({ text, tells: '' })),
    read: (value) => {
      const ranges = value.replaceAll(/([1-9])xx/gi, '$100..$199');
      const fits = amountTest(ranges, status);
      if (!fits) return 'a status: status:404, status:5xx, status:400..499';
      return { of: 'exchange', fits: (_, { response }) => response !== undefined && fits(response.status) };
    },
  },
  {
    name: 'header',
    tells: 'a field of the request or response, and part of its value',
    example: 'header:cookie',
    read: headerTest,
  },
  {
    name: 'type',
    tells: 'part of the Content-Type of the request or response',
    example: 'type:json',
    choices: ['json', 'text/event-stream', 'html', 'javascript', 'image/', 'form'].map(named),
    read: (value) => fieldTest('content-type', new Needle(value)),
  },
  numberKey(
    'conn',
    'the number of the connection',
    ({ connection }) => connection,
    ({ number }) => number,
  ),
  numberKey('exchange', 'the number of the exchange', ({ number }) => number),
  numberKey('series', 'the number of the poll series', ({ series }) => series),
  numberKey('messages', 'how many messages there are in it', ({ messages }) => messages),
  {
    name: 'total',
    tells: 'bytes of the whole exchange, both ways',
    example: 'total:>1M',
    read: (value) =>
      amountOf(value, bytes, 'a size: total:>1M, total:10k..20k', ({ ledger }) => gross(bothWays(ledger))),
  },
  {
    name: 'duration',
    tells: 'how long it took; not of what is still open',
    example: 'duration:>1s',
    read: (value) =>
      /[<>]|\.\./.test(value)
        ? amountOf(value, nanoseconds, 'a time: duration:>1s, duration:200ms..2s', durationOf)
        : 'longer or shorter than that: duration:>1s, duration:<200ms, duration:1s..2s',
  },
  {
    name: 'waste',
    tells: 'polls, by what their answer was good for',
    example: 'waste:unchanged',
    choices: [
      { text: 'any', tells: 'all that brought no news' },
      { text: 'news', tells: 'brought something new' },
      { text: 'empty', tells: 'nothing in it' },
      { text: 'unchanged', tells: 'the same as the last time' },
      { text: '204', tells: 'No Content' },
      { text: '304', tells: 'Not Modified' },
      { text: 'heartbeat', tells: 'a sign of life' },
      { text: 'control', tells: 'talk of the dialect itself' },
      { text: 'redirect', tells: 'somewhere else' },
      { text: 'error', tells: 'status 400 and above' },
      { text: 'cut-off', tells: 'no answer, or not all of it' },
      { text: 'sent', tells: 'no poll: what the client had to say' },
    ],
    read: (value) =>
      oneOf(
        value,
        WASTES,
        'any, news, empty, unchanged, 204, 304, heartbeat, control, redirect, error, cut-off or sent',
      ),
  },
  {
    name: 'state',
    tells: 'whether it goes on',
    example: 'state:open',
    choices: [
      { text: 'open', tells: 'goes on' },
      { text: 'closed', tells: 'is over' },
      { text: 'failed', tells: 'no connection, or no answer' },
    ],
    read: (value) => STATES.get(value.toLowerCase()) ?? 'open, closed or failed',
  },
  {
    name: 'fault',
    tells: 'part of the words, or of the rule, of a fault in it',
    example: 'fault:mask',
    read: (value) => {
      const words = new FaultWords(new Needle(value));
      return { of: 'exchange', fits: (session, exchange) => words.areOf(session, exchange) };
    },
  },
];

/** Host and path together, as a link has them. */
function urlOf(session: Session, exchange: Exchange): string {
  return `${session.hostOf(exchange)}${exchange.request?.target ?? ''}`;
}

/** Bare words which are not searched for. */
export const FLAGS: ReadonlyMap<string, ExchangeTest & Choice> = new Map([
  [
    'fault',
    {
      text: 'fault',
      tells: 'a peer broke a rule in it',
      of: 'exchange',
      fits: (_: Session, { faults }: Exchange) => faults > 0,
    },
  ],
  [
    'failed',
    {
      text: 'failed',
      tells: 'no connection, or no answer',
      of: 'exchange',
      fits: failed,
      fitsFailure: always,
    },
  ],
]);

const STATES: ReadonlyMap<string, ExchangeTest> = new Map<string, ExchangeTest>([
  ['open', { of: 'exchange', fits: (_, { closedAt }) => closedAt === undefined }],
  ['closed', { of: 'exchange', fits: (_, { closedAt }) => closedAt !== undefined, fitsFailure: always }],
  ['failed', { of: 'exchange', fits: failed, fitsFailure: always }],
]);

type ExchangeTrait = (exchange: Exchange) => boolean;

function speaks(...protocols: readonly Exchange['protocol'][]): ExchangeTrait {
  return ({ protocol }) => protocols.includes(protocol);
}

const PROTOCOLS: ReadonlyMap<string, ExchangeTrait> = new Map([
  ['ws', speaks('websocket')],
  ['websocket', speaks('websocket')],
  ['sse', speaks('sse')],
  ['poll', ({ series }) => series !== undefined],
  ['http', speaks('http1', 'http2')],
  ['h1', speaks('http1')],
  ['http1', speaks('http1')],
  ['h2', speaks('http2')],
  ['http2', speaks('http2')],
  ['tcp', speaks('tcp')],
  ['tls', speaks('tls')],
]);

const NO_WASTE: readonly unknown[] = ['news', 'sent', 'cut-off', undefined];

const WASTES: ReadonlyMap<string, ExchangeTrait> = new Map<string, ExchangeTrait>([
  ['any', ({ verdict }) => !NO_WASTE.includes(verdict)],
  ...(
    [
      'news',
      'sent',
      'cut-off',
      'empty',
      '204',
      '304',
      'unchanged',
      'heartbeat',
      'control',
      'redirect',
      'error',
    ] as const
  ).map((word): [string, ExchangeTrait] => [word, ({ verdict }) => verdict === word]),
]);

/** The words of a list with commas, each of which a table must know. */
function oneOf(
  value: string,
  table: ReadonlyMap<string, ExchangeTrait>,
  words: string,
): ExchangeTest | string {
  const traits = value
    .toLowerCase()
    .split(',')
    .map((word) => table.get(word));
  if (traits.includes(undefined)) return words;
  return { of: 'exchange', fits: (_, exchange) => traits.some((has) => has!(exchange)) };
}

function textKey(
  name: string,
  tells: string,
  example: string,
  textOf: (session: Session, exchange: Exchange) => string | undefined,
): FilterKey {
  const read = (value: string): ExchangeTest => {
    const needle = new Needle(value);
    return { of: 'exchange', fits: (session, exchange) => needle.isIn(textOf(session, exchange) ?? '') };
  };
  return { name, tells, example, read };
}

function numberKey(
  name: string,
  tells: string,
  numberOf: (exchange: Exchange) => number | undefined,
  numberOfFailure?: (connection: Connection) => number,
): FilterKey {
  const read = (value: string): ExchangeTest | string => {
    const test = amountOf(value, wholeNumber, `a number: ${name}:3, ${name}:3,7 or ${name}:>5`, numberOf);
    const fits = amountTest(value, wholeNumber);
    if (typeof test === 'string' || !fits || !numberOfFailure) return test;
    return { ...test, fitsFailure: (connection) => fits(numberOfFailure(connection)) };
  };
  return { name, tells, example: `${name}:3`, read };
}

function amountOf(
  value: string,
  unit: (text: string) => number | undefined,
  words: string,
  numberOf: (exchange: Exchange) => number | undefined,
): ExchangeTest | string {
  const fits: AmountTest | undefined = amountTest(value, unit);
  if (!fits) return words;
  return {
    of: 'exchange',
    fits: (_, exchange) => {
      const amount = numberOf(exchange);
      return amount !== undefined && fits(amount);
    },
  };
}

function headerTest(value: string): ExchangeTest | string {
  const [, name = '', part] = /^([^=]*)(?:=(.*))?$/s.exec(value) ?? [];
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return 'a field: header:cookie, header:server=nginx';
  return fieldTest(name.toLowerCase(), part ? new Needle(part) : undefined);
}

/** `name` in lower case. */
function fieldTest(name: string, needle: Needle | undefined): ExchangeTest {
  const has = (value: string | undefined) => value !== undefined && (!needle || needle.isIn(value));
  return {
    of: 'exchange',
    fits: (_, { request, response }) =>
      has(request && fieldText(request.fields, name)) || has(response && fieldText(response.fields, name)),
  };
}

/** All values of a field; undefined where there is none. */
function fieldText(fields: Parameters<typeof fieldValue>[0], name: string): string | undefined {
  if (fieldValue(fields, name) === undefined) return undefined;
  const values = fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
  return values.join(', ');
}

function status(text: string): number | undefined {
  return /^[1-9]\d\d$/.test(text) ? Number(text) : undefined;
}

function durationOf({ openedAt, closedAt }: Exchange): number | undefined {
  return closedAt === undefined ? undefined : closedAt - openedAt;
}

/** A request that nobody answered. */
function failed(_: Session, { request, response, closedAt }: Exchange): boolean {
  return closedAt !== undefined && request !== undefined && response === undefined;
}

function always(): boolean {
  return true;
}

function named(text: string): Choice {
  return { text, tells: '' };
}

/** The host that a client asked for in vain, and its port. */
export function hostOfFailure({ server }: Connection): string {
  return server === undefined ? '' : `${server.host}:${server.port}`;
}
