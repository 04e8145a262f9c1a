import { type Field, fieldValue } from '../../decoders/http1/fields.ts';
import { addWeight, emptyLedger, type Ledger } from '../ledger.ts';
import type { PollBodies, PolledExchange } from './exchange.ts';
import { textHash } from './hash.ts';
import type { Beat } from './rhythm.ts';

/** `loose` of a request without any such values. */
export const NOT_LOOSE = -1;

/** Of longer answers the time in transit is no hold: their head came when the server was ready. */
const LONG_ANSWER = 64 << 10;

const PAGE_DESTINATIONS =
  /^(document|iframe|frame|script|style|image|font|audio|video|track|manifest|worker)$/i;
const PAGE_TYPES = /^(text\/(html|css|javascript)|application\/(javascript|x-javascript)|image\/|font\/)/i;
const PAGE_ACCEPT = /^(text\/html|text\/css|image\/)/i;

/**
 * A request that may be, or is, part of a series, and its answer as soon as it closed: numbers, whatever was said, since
 * thousands are remembered.
 */
export class Poll implements Beat {
  readonly exchange: number;
  readonly openedAt: number;
  readonly loose: number;
  isPagePart: boolean;
  closedAt: number | undefined;
  hold: number | undefined;
  answer: PollAnswer | undefined;

  constructor({ number, openedAt, request }: PolledExchange, loose = NOT_LOOSE) {
    this.exchange = number;
    this.openedAt = openedAt;
    this.loose = loose;
    this.isPagePart = request !== undefined && asksForPagePart(request.fields);
  }

  /** Takes down what is left of `exchange` now that it is closed. */
  close(exchange: PolledExchange, bodies: PollBodies): void {
    const { response } = exchange;
    const answer = answered(exchange, bodies);
    this.answer = answer;
    this.closedAt = exchange.closedAt ?? exchange.openedAt;
    this.hold = answer.isWhole && answer.status < 400 ? holdOf(exchange, answer.length) : undefined;
    this.isPagePart ||= PAGE_TYPES.test((response && fieldValue(response.fields, 'content-type')) ?? '');
  }
}

/** What is remembered of an answer until it is judged. */
export interface PollAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly isWhole: boolean;
  /** Bytes of its body as carried. */
  readonly length: number;
  /** Whether its content is encoded, so that nobody knows how long it is. */
  readonly isEncoded: boolean;
  /** The hash of the fields that say which content this is (RFC 9110 section 8.8); undefined where there are none. */
  readonly validators: number | undefined;
  readonly bodies: PollBodies;
  readonly ledger: Ledger;
}

function answered({ response, ledger }: PolledExchange, bodies: PollBodies): PollAnswer {
  const copy = emptyLedger();
  addWeight(copy.client, ledger.client);
  addWeight(copy.server, ledger.server);
  return {
    status: response?.status ?? 0,
    isWhole: response !== undefined && bodies.isComplete,
    length: ledger.server.payload,
    isEncoded: response !== undefined && fieldValue(response.fields, 'content-encoding') !== undefined,
    validators: response && validatorsOf(response.fields),
    bodies,
    ledger: copy,
  };
}

function holdOf({ openedAt, respondedAt, closedAt }: PolledExchange, length: number): number {
  const end = length > LONG_ANSWER ? respondedAt : closedAt;
  return Math.max(0, (end ?? openedAt) - openedAt);
}

/** A length is none: other content may well be as long. */
function validatorsOf(fields: readonly Field[]): number | undefined {
  const tag = fieldValue(fields, 'etag');
  const modified = fieldValue(fields, 'last-modified');
  return tag === undefined && modified === undefined ? undefined : textHash(`${tag} ${modified}`);
}

/** `Sec-Fetch-Dest` says so where a browser sends it; of others the first type they accept does. */
function asksForPagePart(fields: readonly Field[]): boolean {
  const destination = fieldValue(fields, 'sec-fetch-dest');
  if (destination !== undefined) return PAGE_DESTINATIONS.test(destination);
  return PAGE_ACCEPT.test(fieldValue(fields, 'accept') ?? '');
}
