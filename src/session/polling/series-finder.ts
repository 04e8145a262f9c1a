import { type Field, fieldValue } from '../../decoders/http1/fields.ts';
import { type PollCandidate, PollCandidates } from './candidates.ts';
import { ClientIdentity } from './client.ts';
import { bayeuxRequest, type DialectRequest, dialectRequest, mayBeBayeux } from './dialect.ts';
import { MAX_LOOKED_AT, type PollBodies, type PolledExchange } from './exchange.ts';
import { Poll } from './request.ts';
import { pollResource, shownResource } from './resource.ts';
import { beatsInRhythm } from './rhythm.ts';
import { PollSeries } from './series.ts';
import { PollSessions } from './sessions.ts';
import type { PollVerdict } from './verdict.ts';

/** Series that are kept; what would begin another is no poll. */
const MAX_SERIES = 100_000;

/** Longer bodies are not read for the Bayeux messages they might be. */
const MAX_REQUEST = 64 << 10;

/** What an exchange is in a series. */
export interface PollPart {
  readonly series: PollSeries;
  /** Undefined while the exchange is open. */
  readonly verdict: PollVerdict | undefined;
  /** Exchanges before this one that belong to the series, which begins with them: where it was only now found. */
  readonly firstExchanges: readonly FirstExchange[];
  /** The series begins with this. */
  readonly isNew: boolean;
}

interface FirstExchange {
  readonly number: number;
  /** Undefined while it is open. */
  readonly verdict: PollVerdict | undefined;
}

/** An exchange under way. */
interface OpenExchange {
  readonly poll: Poll;
  readonly client: string;
  readonly host: string;
  readonly candidate?: PollCandidate | undefined;
  dialect?: DialectRequest | undefined;
  series?: PollSeries | undefined;
}

type PolledRequest = NonNullable<PolledExchange['request']>;

/** A request of no dialect, and what stands for who asks for what in it. */
interface PlainRequest {
  readonly request: PolledRequest;
  readonly client: string;
  readonly host: string;
  readonly key: string;
  readonly loose: string;
}

const NONE: readonly FirstExchange[] = [];

/**
 * Finds poll series among exchanges as they come. `asked`, `requested` and `answered` are called once for each exchange, in
 * this order; each returns the series the exchange belongs to as far as it is known by then. What `asked` said may be
 * taken back by `answered`, of what turned out to be an event stream; else it stays.
 *
 * A dialect says in each request what it is part of. Of all other requests only GET and HEAD can be polls: from the third to the
 * sixth of one client (`ClientIdentity`) for one resource (`pollResource`) on, if they keep a rhythm (`beatsInRhythm`).
 * A POST for one resource is as likely to send as to ask.
 */
export class PollSeriesFinder {
  /** Numbered from 1: `series[0]` has number 1. */
  readonly series: PollSeries[] = [];
  readonly #open = new Map<number, OpenExchange>();
  readonly #candidates = new PollCandidates();
  readonly #sessions = new PollSessions();
  readonly #identity = new ClientIdentity();
  /**
   * The last of some connections: where heads repeat, as those of polls do, the very same object comes again, and what was
   * read out of it holds. 1.0 us a poll instead of 1.9.
   */
  readonly #lastPlain: (PlainRequest | undefined)[] = Array(16).fill(undefined);

  /** The request's head was seen. `client` is the client's address without a port, `host` whom it asked. */
  asked(exchange: PolledExchange, client: string, host: string): PollPart | undefined {
    const { request } = exchange;
    if (!request || isOther(exchange)) return undefined;
    const last = this.#lastPlain[exchange.connection % this.#lastPlain.length];
    if (last && last.request === request && last.client === client && last.host === host) {
      return this.#plain(exchange, last);
    }
    const { method, target, fields } = request;
    const dialect = dialectRequest(method, target);
    if (dialect) return this.#inDialect({ poll: new Poll(exchange), client, host, dialect }, dialect);
    if (mayBeBayeux(method, fields)) {
      this.#open.set(exchange.number, { poll: new Poll(exchange), client, host });
      return undefined;
    }
    return mayBePoll(method, fields) ? this.#newPlain(exchange, request, client, host) : undefined;
  }

  /** The request was seen to its end, which is where Bayeux says what it is. */
  requested(exchange: PolledExchange, bodies: PollBodies): PollPart | undefined {
    const open = this.#open.get(exchange.number);
    if (!open) return undefined;
    if (open.series) return openPart(open.series);
    if (open.candidate || open.dialect || !exchange.request) return undefined;
    const body = exchange.ledger.client.payload <= MAX_REQUEST ? bodies.request(MAX_REQUEST) : undefined;
    const dialect = body && bayeuxRequest(exchange.request.target, body);
    if (dialect) return this.#inDialect(open, dialect);
    this.#open.delete(exchange.number);
    return undefined;
  }

  /** The exchange was closed, in order or not. */
  answered(exchange: PolledExchange, bodies: PollBodies): PollPart | undefined {
    this.requested(exchange, bodies);
    const open = this.#open.get(exchange.number);
    if (!open) return undefined;
    this.#open.delete(exchange.number);
    const { poll, series, dialect } = open;
    if (isOther(exchange) || isDownload(exchange)) return this.#retract(open);
    poll.close(exchange, bodies);
    if (!series) return undefined;
    const verdict = dialect?.role === 'send' ? series.finishSend(poll) : series.finish(poll);
    if (dialect && dialect.session === undefined) this.#shakeHands(series, dialect, poll);
    return { series, verdict, firstExchanges: NONE, isNew: false };
  }

  #inDialect(open: OpenExchange, dialect: DialectRequest): PollPart | undefined {
    const known = this.series.length;
    const series = this.#conversation(open, dialect);
    if (!series) {
      this.#open.delete(open.poll.exchange);
      return undefined;
    }
    open.dialect = dialect;
    open.series = series;
    this.#open.set(open.poll.exchange, open);
    if (dialect.role === 'send') series.send(open.poll);
    else series.begin(open.poll);
    return { ...openPart(series), isNew: this.series.length > known };
  }

  #conversation({ poll, client, host }: OpenExchange, request: DialectRequest): PollSeries | undefined {
    const known = this.#sessions.find(request, client, host);
    if (known || !request.mayBegin || this.series.length === MAX_SERIES) return known;
    const { dialect, place, read } = request;
    const subject = { client, host, method: poll.method, dialect };
    const series = new PollSeries(this.series.length + 1, subject, place, poll.openedAt, read);
    this.series.push(series);
    this.#sessions.begin(series, request);
    return series;
  }

  #shakeHands(series: PollSeries, request: DialectRequest, { answer }: Poll): void {
    if (!answer?.isWhole || answer.status >= 400) return;
    const content = answer.bodies.response(MAX_LOOKED_AT);
    const session = content && request.sessionOf(content);
    if (session !== undefined) this.#sessions.name(series, request, session);
    else if (!content) this.#sessions.leaveUnnamed(series, request);
  }

  #newPlain(
    exchange: PolledExchange,
    request: PolledRequest,
    client: string,
    host: string,
  ): PollPart | undefined {
    const { method, target, fields } = request;
    const { key, loose } = pollResource(target);
    const who = `${client} ${this.#identity.of(fields)}`;
    const plain = { request, client, host, key: `${who} ${host} ${method} ${key}`, loose };
    this.#lastPlain[exchange.connection % this.#lastPlain.length] = plain;
    return this.#plain(exchange, plain);
  }

  #plain(
    exchange: PolledExchange,
    { request, client, host, key, loose }: PlainRequest,
  ): PollPart | undefined {
    const { target } = request;
    const candidate = this.#candidates.of(key, loose);
    const poll = new Poll(exchange, loose);
    const open: OpenExchange = { poll, client, host, candidate, series: candidate.series };
    this.#open.set(exchange.number, open);
    if (!candidate.series) return this.#tryRhythm(open, candidate, target);
    if (candidate.isVaried !== candidate.isShownVaried) showResource(candidate, candidate.series, target);
    candidate.series.begin(poll);
    return openPart(candidate.series);
  }

  #tryRhythm(open: OpenExchange, candidate: PollCandidate, target: string): PollPart | undefined {
    candidate.add(open.poll);
    const count = beatsInRhythm(candidate.recent);
    if (count === 0 || this.series.length === MAX_SERIES) return undefined;
    const polls = candidate.recent.slice(-count);
    candidate.recent.length = 0;
    const { client, host, poll } = open;
    const subject = { client, host, method: poll.method, dialect: undefined };
    const resource = shownResource(target, candidate.isVaried);
    const series = new PollSeries(this.series.length + 1, subject, resource, polls[0]!.openedAt);
    this.series.push(series);
    candidate.series = series;
    for (const { exchange } of polls) this.#join(exchange, series);
    const verdicts = replayed(polls, series);
    const firstExchanges = polls
      .slice(0, -1)
      .map(({ exchange: number }) => ({ number, verdict: verdicts.get(number) }));
    return { series, verdict: undefined, firstExchanges, isNew: true };
  }

  #join(exchange: number, series: PollSeries): void {
    const open = this.#open.get(exchange);
    if (open) open.series = series;
  }

  #retract({ poll, candidate, series, dialect }: OpenExchange): undefined {
    candidate?.remove(poll);
    if (dialect?.role === 'send') series?.retractSend();
    else series?.retract();
  }
}

function openPart(series: PollSeries): PollPart {
  return { series, verdict: undefined, firstExchanges: NONE, isNew: false };
}

function showResource(candidate: PollCandidate, series: PollSeries, target: string): void {
  series.resource = shownResource(target, candidate.isVaried);
  candidate.isShownVaried = candidate.isVaried;
}

/** Begins and finishes `polls`, which are in order of their beginnings, as it happened; tells what they were good for. */
function replayed(polls: readonly Poll[], series: PollSeries): Map<number, PollVerdict> {
  const verdicts = new Map<number, PollVerdict>();
  const waiting = new Set<Poll>();
  const finish = (until: number): void => {
    for (const poll of waiting) {
      if (poll.closedAt === undefined || poll.closedAt > until) continue;
      waiting.delete(poll);
      verdicts.set(poll.exchange, series.finish(poll));
    }
  };
  for (const poll of polls) {
    finish(poll.openedAt);
    series.begin(poll);
    waiting.add(poll);
  }
  finish(Infinity);
  return verdicts;
}

/** Event streams and WebSockets are no polls, nor is what is not HTTP. */
function isOther({ protocol, response }: PolledExchange): boolean {
  const isHttp = protocol === 'http1' || protocol === 'http2';
  return !isHttp || response?.status === 101;
}

/** What is saved to a file, or comes in parts. JSON is marked as a file by some APIs, lest a browser take it for a page. */
function isDownload({ response }: PolledExchange): boolean {
  if (!response) return false;
  const disposition = fieldValue(response.fields, 'content-disposition') ?? '';
  const isSaved = /^attachment/i.test(disposition);
  return (
    response.status === 206 || (isSaved && !/json/i.test(fieldValue(response.fields, 'content-type') ?? ''))
  );
}

/** Requests that ask for nothing but the present state of something. */
function mayBePoll(method: string, fields: readonly Field[]): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (fieldValue(fields, 'upgrade') !== undefined || fieldValue(fields, 'range') !== undefined) return false;
  return !(fieldValue(fields, 'accept') ?? '').includes('text/event-stream');
}
