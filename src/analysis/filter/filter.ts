import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';
import { FLAGS } from './exchange-keys.ts';
import { type FilterProblem, isProblem } from './filter-problem.ts';
import { KEYS } from './keys.ts';
import { wordTest } from './message-keys.ts';
import type { ExchangeTest, MessageTest, Test } from './test.ts';
import { quoted, type WrittenTerm, writtenTerms } from './written-term.ts';

export { type FilterProblem, isProblem } from './filter-problem.ts';

/** What is to be shown, or exported, of a session. */
export interface Filter {
  /** As it was written. */
  readonly text: string;
  /** Whether something is asked of messages: an exchange is shown when one of its messages fits all of that. */
  readonly hasMessageTerms: boolean;
  /** Whether what is asked of the exchange itself holds. */
  fitsExchange(session: Session, exchange: Exchange): boolean;
  /** Whether what is asked of messages holds for this one; true where nothing is asked of them. */
  fitsMessage(session: Session, number: number, row: MessageRow): boolean;
  /** Whether an exchange that has no messages, and fits itself, is shown: with bare words and what is excluded that can be. */
  fitsWithoutMessages(session: Session, exchange: Exchange): boolean;
  /** Whether a connection that failed is shown. */
  fitsFailure(connection: Connection): boolean;
}

/** Reads what somebody wrote: terms with spaces between, all of which must hold; docs/filters.md describes them. */
export function parseFilter(text: string): Filter | FilterProblem {
  const written = writtenTerms(text);
  if (isProblem(written)) return written;
  const terms: Term<Test>[] = [];
  for (const term of written) {
    const test = testOf(term);
    if (isProblem(test)) return test;
    terms.push({ test, isExcluded: term.isExcluded });
  }
  return new TermFilter(text, terms);
}

interface Term<Kind extends Test> {
  readonly test: Kind;
  readonly isExcluded: boolean;
}

class TermFilter implements Filter {
  readonly text: string;
  readonly #exchange: readonly Term<ExchangeTest>[];
  readonly #message: readonly Term<MessageTest>[];

  constructor(text: string, terms: readonly Term<Test>[]) {
    this.text = text;
    this.#exchange = terms.filter((term): term is Term<ExchangeTest> => term.test.of === 'exchange');
    const message = terms.filter((term): term is Term<MessageTest> => term.test.of === 'message');
    const cost = ({ test }: Term<MessageTest>) => (test.isCostly ? 1 : 0);
    this.#message = message.toSorted((one, other) => cost(one) - cost(other));
  }

  get hasMessageTerms(): boolean {
    return this.#message.length > 0;
  }

  fitsExchange(session: Session, exchange: Exchange): boolean {
    for (const { test, isExcluded } of this.#exchange) {
      if (test.fits(session, exchange) === isExcluded) return false;
    }
    return true;
  }

  fitsMessage(session: Session, number: number, row: MessageRow): boolean {
    for (const { test, isExcluded } of this.#message) {
      if (test.fits(session, number, row) === isExcluded) return false;
    }
    return true;
  }

  fitsWithoutMessages(session: Session, exchange: Exchange): boolean {
    return this.#message.every(
      ({ test, isExcluded }) => (test.fitsWithout?.(session, exchange) ?? false) !== isExcluded,
    );
  }

  fitsFailure(connection: Connection): boolean {
    return [...this.#exchange, ...this.#message].every(
      ({ test, isExcluded }) => (test.fitsFailure?.(connection) ?? false) !== isExcluded,
    );
  }
}

function testOf(term: WrittenTerm): Test | FilterProblem {
  const { key: name, keyAt, value, valueAt, valueLength, isQuoted } = term;
  if (name === undefined) {
    if (value === '') return { problem: 'there is nothing in the quotes', at: valueAt, length: valueLength };
    return (isQuoted ? undefined : FLAGS.get(value.toLowerCase())) ?? wordTest(value);
  }
  const key = KEYS.get(name);
  if (!key) return unknownKey(term, name);
  const test = value === '' ? `a value behind it: ${key.example}` : key.read(value);
  if (typeof test !== 'string') return test;
  const problem = value === '' ? `${name}: needs ${test}` : `not what ${name}: takes; write ${test}`;
  return value === ''
    ? { problem, at: keyAt, length: valueAt + valueLength - keyAt }
    : { problem, at: valueAt, length: valueLength };
}

function unknownKey({ keyAt, value, valueAt }: WrittenTerm, name: string): FilterProblem {
  const near = [...KEYS.keys()].filter((key) => key.slice(0, 2) === name.slice(0, 2));
  const guess =
    near.length > 0
      ? `did you mean ${near.join(': or ')}:?`
      : 'keys are host, proto, from, text, size and others';
  const search = `to search for it, put it in quotes: ${quoted(`${name}:${value}`)}`;
  return { problem: `there is no key ${name}; ${guess}; ${search}`, at: keyAt, length: valueAt - keyAt };
}
