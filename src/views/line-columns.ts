import type { Exchange } from '../session/exchange.ts';
import { gross, overhead, type Weight } from '../session/ledger.ts';
import type { Session } from '../session/session.ts';
import { byteCount } from './byte-count.ts';
import { displayWidth, fitted } from './display-width.ts';
import { harmless } from './harmless.ts';
import { piece, type StyledLine, type Tone } from './styled-line.ts';

const BADGES: Readonly<Record<Exchange['protocol'], string>> = {
  http1: 'h1',
  http2: 'h2',
  websocket: 'ws',
  sse: 'sse',
  tcp: 'tcp',
  tls: 'tls',
};

/** Whether a line of so many columns need not save on what it can. */
export function isRoomy(columns: number): boolean {
  return columns >= 100;
}

/** Time of day, the exchange's number and protocol, or what stands in their place: what every line begins with. */
export function lineStart(
  session: Session,
  at: number,
  exchange: Exchange | undefined,
  badge: string = exchange === undefined ? '' : BADGES[exchange.protocol],
): StyledLine {
  const number = exchange === undefined ? '' : `#${exchange.number}`;
  const what = exchange === undefined ? badge.padStart(9) : `${number.padStart(5)} ${badge.padEnd(3)}`;
  return [piece(`${timeOfDay(session.epoch, at)} ${what} `, 'dim')];
}

/** Host and target as one; a target in absolute-form has a host of its own. */
export function addressOf(session: Session, exchange: Exchange): string {
  const target = exchange.request?.target ?? '';
  return /^\w+:\/\//.test(target) ? target : `${session.hostOf(exchange)}${target}`;
}

/** Local time with milliseconds. */
export function timeOfDay(epoch: bigint, at: number): string {
  const date = new Date(Number((epoch + BigInt(at)) / 1_000_000n));
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** What it is, in a column of its own: a method, a status, the type of an event. */
export function kindColumn(kind: string, columns: number): StyledLine {
  return [piece(fitted(harmless(kind), isRoomy(columns) ? 12 : 8), 'strong')];
}

/** `gross = overhead + payload`, each in a column, overhead in the colour of the class that most of it is. */
export function weightColumns(weight: Readonly<Weight>): StyledLine {
  return [
    number(gross(weight) - weight.undecoded, 'plain'),
    piece(' =', 'dim'),
    number(overhead(weight), heaviest(weight)),
    piece(' +', 'dim'),
    number(weight.payload, 'payload'),
    piece('  '),
  ];
}

function number(bytes: number, tone: Tone) {
  return piece(byteCount(bytes).padStart(5), bytes === 0 ? 'dim' : tone);
}

const OVERHEAD_CLASSES = ['head', 'framing', 'control', 'tls'] as const;

function heaviest(weight: Readonly<Weight>): Tone {
  return OVERHEAD_CLASSES.reduce((most, next) => (weight[next] > weight[most] ? next : most));
}

/** Columns that are left behind `line`. */
export function roomBehind(line: StyledLine, columns: number): number {
  return Math.max(0, columns - line.reduce((sum, { text }) => sum + displayWidth(text), 0));
}
