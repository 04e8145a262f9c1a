import type { PollDialect } from '../session/polling/dialect.ts';
import type { PollSeries as SessionPollSeries } from '../session/polling/series.ts';
import type { Waste } from '../session/polling/verdict.ts';
import type { Session } from '../session/session.ts';
import { unixTime } from './session-time.ts';
import { type Ledger, ledgerOf } from './weight.ts';

/** Exchanges that one client repeats against one resource. `polls` is `news + wasted + cutOff + open`. Durations are milliseconds. */
export interface PollSeries {
  /** From 1, in the order they were found. */
  readonly number: number;
  /** The client's address. */
  readonly client: string;
  readonly host: string;
  /** Of its first request. */
  readonly method: string;
  /** Values that change from poll to poll are `…`. */
  readonly resource: string;
  /** The protocol that is spoken by polling, where it is one that tare knows. */
  readonly dialect: PollDialect | undefined;
  /** What the dialect calls the conversation. */
  readonly session: string | undefined;
  /** `long` where the server holds its answers back until there is news. */
  readonly kind: 'short' | 'long';
  readonly polls: number;
  /** Polls that wait for their answer. */
  readonly open: number;
  readonly news: number;
  /** Polls whose answer was not worth its bytes, and by what was wrong with it. */
  readonly wasted: number;
  readonly wastedFor: Readonly<Partial<Record<Waste, number>>>;
  /** Polls whose answer did not come, or not whole. */
  readonly cutOff: number;
  /** Polls that began while another was open. */
  readonly overlaps: number;
  /** Requests of a dialect that only sent. */
  readonly sends: number;
  /** From one poll to the next: the median of the last 32. */
  readonly cadence: number | undefined;
  /** How far these are off the cadence on average. */
  readonly jitter: number | undefined;
  /** How long an answer was held on average. */
  readonly hold: number | undefined;
  readonly longestHold: number;
  /** When its first and its last exchange began. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** All its exchanges that are closed. */
  readonly ledger: Ledger;
}

/** What a series is now. */
export function pollSeriesCopy(session: Session, series: SessionPollSeries): PollSeries {
  const { number, client, host, method, resource, dialect, kind } = series;
  const { polls, open, news, wasted, wastedFor, cutOff, overlaps, sends } = series;
  return {
    number,
    client,
    host,
    method,
    resource,
    dialect,
    session: series.session,
    kind,
    polls,
    open,
    news,
    wasted,
    wastedFor: { ...wastedFor },
    cutOff,
    overlaps,
    sends,
    cadence: milliseconds(series.cadence),
    jitter: milliseconds(series.jitter),
    hold: milliseconds(series.hold),
    longestHold: series.longestHold / 1e6,
    firstAt: unixTime(session, series.firstAt),
    lastAt: unixTime(session, series.lastAt),
    ledger: ledgerOf(series.ledger),
  };
}

function milliseconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}
