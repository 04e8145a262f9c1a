import { type Field, fieldValue } from '../../decoders/http1/fields.ts';
import { type PollCandidate, PollCandidates } from './candidates.ts';
import { ClientIdentity } from './client.ts';
import { bayeuxRequest, type DialectRequest, dialectRequest, mayBeBayeux } from './dialect.ts';
import { MAX_LOOKED_AT, type PollBodies, type PolledExchange } from './exchange.ts';
import { textsKey } from './hash.ts';
import { bounded } from './own-text.ts';
import { NOT_LOOSE, Poll } from './request.ts';
import { pollResource, shownResource } from './resource.ts';
import { beatsInRhythm } from './rhythm.ts';
import { PollSeries, type PollSubject } from './series.ts';
import { PollSessions } from './sessions.ts';
import type { PollVerdict } from './verdict.ts';

/** Bytes of the series that are kept, 13,000 to 30,000 of them; what would begin another is no poll. */
const MAX_SERIES_BYTES = 32 << 20;

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
  readonly subject: PollSubject;
  readonly candidate?: PollCandidate | undefined;
  dialect?: DialectRequest | undefined;
  series?: PollSeries | undefined;
}

type PolledRequest = NonNullable<PolledExchange['request']>;

/** What a request of no dialect is about. */
interface PlainRequest {
  readonly subject: PollSubject;
  /** Stands for who asks for what. */
  readonly key: number;
  /** The same with the values that may be part of it, or not. */
  readonly loose: number;
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
  /** Bytes that more series may take. */
  #room: number;
  readonly #open = new Map<number, OpenExchange>();
  readonly #candidates = new PollCandidates();
  readonly #sessions = new PollSessions();
  readonly #identity = new ClientIdentity();
  /**
   * By request: where heads repeat, as those of polls do, the very same object comes again for as long as its connection
   * lives, and what was read out of it holds. 2 us a poll instead of 5, of a thousand connections as well as of one.
   */
  readonly #known = new WeakMap<PolledRequest, PlainRequest>();

  /** `room` is for the series, in bytes. */
  constructor(room = MAX_SERIES_BYTES) {
    this.#room = room;
  }

  /** The request's head was seen. `client` is the client's address without a port, `host` whom it asked. */
  asked(exchange: PolledExchange, client: string, host: string): PollPart | undefined {
    const { request } = exchange;
    if (!request || isOther(exchange)) return undefined;
    const known = this.#known.get(request);
    if (known && known.subject.client === client && known.subject.host === host) {
      return this.#plain(exchange, known, request.target);
    }
    const { method, target, fields } = request;
    const dialect = dialectRequest(method, target);
    const subject = { client: bounded(client), host: bounded(host), method, dialect: dialect?.dialect };
    if (dialect) return this.#inDialect({ poll: new Poll(exchange), subject }, dialect);
    if (mayBeBayeux(method, fields)) {
      this.#open.set(exchange.number, { poll: new Poll(exchange), subject });
      return undefined;
    }
    if (!mayBePoll(method, fields)) return undefined;
    const plain = this.#plainRequest(request, subject);
    this.#known.set(request, plain);
    return this.#plain(exchange, plain, target);
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
    const isPoll = !isOther(exchange) && !isDownload(exchange);
    const begun = isPoll ? this.requested(exchange, bodies) : undefined;
    const open = this.#open.get(exchange.number);
    if (!open) return undefined;
    this.#open.delete(exchange.number);
    if (!isPoll) return this.#retract(open);
    const { poll, series, dialect } = open;
    poll.close(exchange, bodies);
    if (!series) return undefined;
    const verdict = dialect?.role === 'send' ? series.finishSend(poll) : series.finish(poll);
    if (dialect && dialect.session === undefined) this.#shakeHands(series, dialect, poll);
    return { series, verdict, firstExchanges: NONE, isNew: begun?.isNew ?? false };
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

  #conversation({ poll, subject }: OpenExchange, request: DialectRequest): PollSeries | undefined {
    const known = this.#sessions.find(request, subject.client, subject.host);
    if (known || !request.mayBegin || this.#isFull) return known;
    const { dialect, place, read } = request;
    const series = new PollSeries(
      this.series.length + 1,
      { ...subject, dialect },
      place,
      poll.openedAt,
      read,
    );
    this.#sessions.begin(series, request);
    this.#keep(series);
    return series;
  }

  #shakeHands(series: PollSeries, request: DialectRequest, { answer }: Poll): void {
    if (!answer?.isWhole || answer.status >= 400) return;
    const content = answer.bodies.response(MAX_LOOKED_AT);
    const session = content && request.sessionOf(content);
    if (session !== undefined) this.#sessions.name(series, request, bounded(session));
    else if (!content) this.#sessions.leaveUnnamed(series, request);
  }

  #plainRequest({ target, fields }: PolledRequest, subject: PollSubject): PlainRequest {
    const { client, host, method } = subject;
    const resource = pollResource(target);
    const key = textsKey(client, `${this.#identity.of(fields)}`, host, method, resource.key);
    const loose = resource.loose === '' ? NOT_LOOSE : textsKey(`${key}`, resource.loose);
    return { subject, key, loose };
  }

  #plain(exchange: PolledExchange, plain: PlainRequest, target: string): PollPart | undefined {
    const { subject, key, loose } = plain;
    const candidate = this.#candidates.of(key, loose);
    const poll = new Poll(exchange, loose);
    const open: OpenExchange = { poll, subject, candidate, series: candidate.series };
    this.#open.set(exchange.number, open);
    if (!candidate.series) return this.#tryRhythm(open, candidate, target);
    if (candidate.isVaried !== candidate.isShownVaried) showResource(candidate, candidate.series, target);
    candidate.series.begin(poll);
    return openPart(candidate.series);
  }

  #tryRhythm(
    { poll, subject }: OpenExchange,
    candidate: PollCandidate,
    target: string,
  ): PollPart | undefined {
    this.#candidates.add(candidate, poll);
    const count = beatsInRhythm(candidate.recent);
    if (count === 0 || this.#isFull) return undefined;
    const polls = candidate.recent.slice(-count);
    candidate.recent.length = 0;
    const resource = shownResource(target, candidate.isVaried);
    const series = new PollSeries(this.series.length + 1, subject, resource, polls[0]!.openedAt);
    this.#keep(series);
    candidate.series = series;
    for (const { exchange } of polls) this.#join(exchange, series);
    const verdicts = replayed(polls, series);
    const firstExchanges = polls
      .slice(0, -1)
      .map(({ exchange: number }) => ({ number, verdict: verdicts.get(number) }));
    return { series, verdict: undefined, firstExchanges, isNew: true };
  }

  get #isFull(): boolean {
    return this.#room < 0;
  }

  #keep(series: PollSeries): void {
    this.series.push(series);
    this.#room -= series.bytes;
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
