import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';

/** When what of an exchange happened, in nanoseconds since the session's epoch. */
export interface ExchangeEnds {
  /** The last byte of the request. */
  readonly requested: number;
  /** The last byte of all. */
  readonly ended: number;
}

/** HAR's times of an exchange. */
export interface HarTimes {
  /** Nanoseconds since the session's epoch: before the steps that the connection took. */
  readonly started: number;
  /** Milliseconds, as all below. */
  readonly time: number;
  readonly timings: HarTimings;
}

/** -1 is what there was not, or is not known; `ssl` is contained in `connect`. */
interface HarTimings {
  readonly blocked: number;
  readonly dns: number;
  readonly connect: number;
  readonly ssl: number;
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
}

/** The first exchange of a connection bears the steps that it took to open it. */
export function harTimes(exchange: Exchange, ends: ExchangeEnds, opening: Connection | undefined): HarTimes {
  const { dns, connect, tls } = opening?.facts?.timings ?? {};
  const steps = {
    dns: dns ?? -1,
    connect: connect === undefined && tls === undefined ? -1 : (connect ?? 0) + (tls ?? 0),
    ssl: tls ?? -1,
  };
  const before = micro(Math.max(0, steps.dns) + Math.max(0, steps.connect));
  const asked = Math.round(exchange.openedAt / 1000);
  const responded = exchange.respondedAt === undefined ? undefined : Math.round(exchange.respondedAt / 1000);
  const ended = Math.max(Math.round(ends.ended / 1000), responded ?? asked);
  const requested = Math.min(Math.max(Math.round(ends.requested / 1000), asked), responded ?? ended);
  return {
    started: (asked - before) * 1000,
    time: (ended - asked + before) / 1000,
    timings: {
      blocked: -1,
      dns: milli(steps.dns),
      connect: milli(steps.connect),
      ssl: milli(steps.ssl),
      send: (requested - asked) / 1000,
      wait: ((responded ?? ended) - requested) / 1000,
      receive: (ended - (responded ?? ended)) / 1000,
    },
  };
}

/** When the request and the exchange ended, as far as is known. */
export function exchangeEnds(
  { openedAt, closedAt, respondedAt, protocol }: Exchange,
  request: MessageRow | undefined,
  response: MessageRow | undefined,
  lastMessageAt: number,
): ExchangeEnds {
  const requested = request?.complete ? request.at : openedAt;
  const isWhole = protocol === 'http1' && response?.complete;
  const ended = isWhole ? response.at : (closedAt ?? Math.max(lastMessageAt, respondedAt ?? requested));
  return { requested, ended };
}

/** Microseconds. */
function micro(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

/** Milliseconds of whole microseconds. */
function milli(milliseconds: number): number {
  return milliseconds < 0 ? -1 : micro(milliseconds) / 1000;
}
