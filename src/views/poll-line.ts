import { bothWays, gross, overheadRatio } from '../session/ledger.ts';
import type { PollSeries } from '../session/polling/series.ts';
import type { Session } from '../session/session.ts';
import type { SessionSums } from '../session/session-sums.ts';
import { byteCount, percentage } from './byte-count.ts';
import { withoutMiddle } from './display-width.ts';
import { harmless } from './harmless.ts';
import { isRoomy, lineStart, roomBehind } from './line-columns.ts';
import { piece, type StyledLine } from './styled-line.ts';
import { timeSpan } from './time-span.ts';

/** What a poll series came to so far, as one line of the traffic. */
export function pollLine(session: Session, series: PollSeries, at: number, columns: number): StyledLine {
  return behind(lineStart(session, at, undefined, 'poll'), series, columns);
}

/** The heaviest poll series of a session, a line each. */
export function pollSummary(session: SessionSums, columns: number): StyledLine[] {
  const heaviest = [...session.pollSeries].sort((one, other) => weightOf(other) - weightOf(one));
  const lines = heaviest
    .slice(0, MAX_LINES)
    .map((series) => behind([piece('poll ', 'dim')], series, columns));
  const more = heaviest.length - lines.length;
  return more > 0 ? [...lines, [piece(`and ${more} more poll series`, 'dim')]] : lines;
}

const MAX_LINES = 10;

function weightOf({ ledger }: PollSeries): number {
  return gross(bothWays(ledger));
}

function behind(start: StyledLine, series: PollSeries, columns: number): StyledLine {
  const roomy = isRoomy(columns);
  const { cutOff, overlaps, polls, sends } = series;
  const facts = [
    ...start,
    piece('↻ ', 'server'),
    piece(`×${polls}${sends > 0 ? `+${sends}` : ''}`.padEnd(roomy ? 12 : 5), 'strong'),
    piece(`${rhythm(series, roomy)} `),
    ...worth(series, roomy),
    ...(cutOff > 0 && roomy ? [piece(`${cutOff} cut off `, 'dim')] : []),
    ...(overlaps > 0 ? [piece(`${overlaps} overlapped `, 'fault')] : []),
    ...(roomy ? weight(series) : []),
  ];
  const about = harmless(`${series.host}${series.resource}${dialectWords(series)}`);
  return [...facts, piece(withoutMiddle(about, roomBehind(facts, columns)), 'dim')];
}

function worth({ news, wasted, wastedFor }: PollSeries, roomy: boolean): StyledLine {
  const reasons = Object.entries(wastedFor).sort(([, one], [, other]) => other - one);
  const most = reasons[0]?.[0];
  const why = roomy && most !== undefined ? ` (${reasons.length > 1 ? 'mostly ' : ''}${most})` : '';
  return [
    piece(`${news} news `, news > 0 ? 'payload' : 'dim'),
    piece(wasted === 0 ? '' : `${wasted} wasted${why} `, 'head'),
  ];
}

function weight(series: PollSeries): StyledLine {
  return [
    piece(`${byteCount(weightOf(series))} `),
    piece(`${percentage(overheadRatio(bothWays(series.ledger)))} overhead  `, 'dim'),
  ];
}

/** `short, each 1.0s ±12ms` or `long, held 24.9s`; in little room `1.0s`, `held 24.9s`. */
function rhythm({ kind, cadence, jitter, hold }: PollSeries, roomy: boolean): string {
  if (kind === 'long') return hold === undefined ? 'long' : `${roomy ? 'long, ' : ''}held ${timeSpan(hold)}`;
  if (cadence === undefined) return 'short';
  return roomy ? `short, each ${timeSpan(cadence)} ±${timeSpan(jitter ?? 0)}` : timeSpan(cadence);
}

function dialectWords({ dialect, session }: PollSeries): string {
  if (dialect === undefined) return '';
  return ` ${dialect}${session === undefined ? '' : ` ${session}`}`;
}
