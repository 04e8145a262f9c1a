import type { Connection } from '../../../session/connection.ts';
import type { Exchange } from '../../../session/exchange.ts';
import type { PollSeries } from '../../../session/polling/series.ts';
import type { Session } from '../../../session/session.ts';
import { piece, type StyledLine, type Tone } from '../../styled-line.ts';
import { timeSpan } from '../../time-span.ts';
import { exchangeOf } from './subject-message.ts';
import type { Tab } from './tab.ts';

const NAME_COLUMNS = 14;
const TIME_COLUMNS = 10;
const MILLISECOND = 1_000_000;

/** Rows that gaps are taken from: the last ones of the exchange among so many of the session. */
const MOST_LOOKED = 5000;
const MOST_GAPS = 1000;

/** A step of the way from the first packet to the last. */
interface Step {
  readonly name: string;
  readonly tone: Tone;
  /** Nanoseconds from the first step's start. */
  readonly start: number;
  readonly length: number;
}

/** How long each step took, and how the messages of a stream came. */
export const timingTab: Tab = {
  name: 'Timing',
  lines(session, about, columns, now) {
    const series = about.subject.type === 'series' ? session.pollSeries[about.subject.number - 1] : undefined;
    const exchange = exchangeOf(session, about);
    const lines = [
      ...(series ? [...seriesLines(series), []] : []),
      ...(exchange
        ? exchangeLines(session, exchange, columns, now)
        : [[piece('There are no times.', 'dim')]]),
    ];
    return { length: lines.length, line: (index) => lines[index] ?? [] };
  },
};

function exchangeLines(session: Session, exchange: Exchange, columns: number, now: number): StyledLine[] {
  const connection = session.connections.get(exchange.connection);
  const steps = stepsOf(exchange, connection, now);
  const end = Math.max(1, ...steps.map(({ start, length }) => start + length));
  const room = Math.max(4, columns - NAME_COLUMNS - TIME_COLUMNS - 1);
  return [...steps.map((step) => stepLine(step, end, room)), [], ...gapLines(session, exchange)];
}

/** Steps of the connection count for its first exchange alone: the others found it open. */
function stepsOf(exchange: Exchange, connection: Connection | undefined, now: number): Step[] {
  const { openedAt, respondedAt, closedAt } = exchange;
  const timings = connection?.facts?.timings ?? {};
  const isFirst = connection !== undefined && openedAt - connection.openedAt < MILLISECOND;
  const steps: Step[] = [];
  let start = 0;
  const add = (name: string, tone: Tone, length: number | undefined) => {
    if (length === undefined) return;
    steps.push({ name, tone, start, length: Math.max(0, length) });
    start += Math.max(0, length);
  };
  if (isFirst) {
    add('DNS', 'control', nanoseconds(timings.dns));
    add('connect', 'framing', nanoseconds(timings.connect));
    add('TLS', 'tls', nanoseconds(timings.tls));
  }
  const until = closedAt ?? now;
  if (respondedAt === undefined)
    add(closedAt === undefined ? 'waiting' : 'no answer', 'head', until - openedAt);
  else {
    add('first byte', 'head', respondedAt - openedAt);
    add(closedAt === undefined ? 'open for' : 'content', 'payload', until - respondedAt);
  }
  return steps;
}

function nanoseconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds * MILLISECOND;
}

function stepLine({ name, tone, start, length }: Step, end: number, room: number): StyledLine {
  const before = Math.min(room - 1, Math.floor((start / end) * room));
  const bar = Math.max(1, Math.min(room - before, Math.round((length / end) * room)));
  return [
    piece(name.padEnd(NAME_COLUMNS), 'dim'),
    piece(fineSpan(length).padStart(TIME_COLUMNS)),
    piece(` ${' '.repeat(before)}`),
    piece('█'.repeat(bar), tone),
  ];
}

/** Below a hundred milliseconds with decimals: most steps on a loopback are that short. */
function fineSpan(length: number): string {
  return length < 100 * MILLISECOND ? `${(length / MILLISECOND).toFixed(2)}ms` : timeSpan(length);
}

/** Gaps between the messages that each side sent, of the last ones. */
function gapLines(session: Session, exchange: Exchange): StyledLine[] {
  return (['client', 'server'] as const).flatMap((side) => {
    const times = timesOf(session, exchange, side);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    if (gaps.length < 2) return [];
    const sorted = gaps.sort((one, other) => one - other);
    const at = (share: number) =>
      fineSpan(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
    return [
      [
        piece(side === 'client' ? '▲ ' : '▼ ', side),
        piece(`gaps of the last ${sorted.length + 1} messages  `, 'dim'),
        piece(`min ${at(0)}  median ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)}`),
      ],
    ];
  });
}

function timesOf(session: Session, exchange: Exchange, from: 'client' | 'server'): number[] {
  const until = exchange.messagesUntil ?? session.messages.length;
  const times: number[] = [];
  const first = Math.max(exchange.messagesFrom, until - MOST_LOOKED);
  for (let number = until - 1; number >= first && times.length < MOST_GAPS; number--) {
    if (session.messages.exchangeOf(number) !== exchange.number) continue;
    const row = session.messages.row(number);
    if (row.from === from) times.push(row.at);
  }
  return times.reverse();
}

function seriesLines(series: PollSeries): StyledLine[] {
  const { kind, cadence, jitter, hold, longestHold, polls, overlaps } = series;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['kind', `${kind} polling, ${polls} polls`],
    ['cadence', cadence === undefined ? undefined : `${fineSpan(cadence)} ± ${fineSpan(jitter ?? 0)}`],
    [
      'hold',
      hold === undefined ? undefined : `${fineSpan(hold)} on average, ${fineSpan(longestHold)} at most`,
    ],
    ['overlaps', overlaps > 0 ? `${overlaps} began while another was open` : undefined],
  ];
  return facts.flatMap(([name, words]) =>
    words === undefined ? [] : [[piece(name.padEnd(NAME_COLUMNS), 'dim'), piece(words)]],
  );
}
