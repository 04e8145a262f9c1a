import type { Exchange } from '../../../session/exchange.ts';
import type { Session } from '../../../session/session.ts';
import { percentage } from '../../byte-count.ts';
import { harmless } from '../../harmless.ts';
import { cutLine, piece, type StyledLine } from '../../styled-line.ts';
import { Failures } from '../findings/failures.ts';
import { RuleCounts } from '../findings/rule-counts.ts';
import { titleLine } from '../title-line.ts';
import { HeavyFields } from './heavy-fields.ts';

/** Of each kind; the page of findings has all. */
const MOST_RULES = 5;
const MOST_POLLS = 3;

/** The worst that is wrong with the traffic, a line each. */
export class OverviewFindings {
  readonly #session: Session;
  readonly #rules: RuleCounts;
  readonly #failures: Failures;
  readonly #fields = { request: new HeavyFields('request'), response: new HeavyFields('response') };

  constructor(session: Session) {
    this.#session = session;
    this.#rules = new RuleCounts(session);
    this.#failures = new Failures(session);
  }

  /** Looks at the heads of an exchange that is over. */
  add(exchange: Exchange): void {
    this.#fields.request.add(exchange);
    this.#fields.response.add(exchange);
  }

  /** With a title; none where nothing is wrong. */
  lines(columns: number): StyledLine[] {
    const words = [...this.#failed(), ...this.#waste(), ...this.#heavy(), ...this.#broken()];
    if (words.length === 0) return [];
    const lines = words.map((text) => cutLine([piece('! ', 'fault'), piece(harmless(text))], columns));
    return [titleLine(['Findings', 'F tells more'], columns, true), ...lines];
  }

  close(): void {
    this.#rules.close();
    this.#failures.close();
  }

  #failed(): string[] {
    const { count } = this.#failures;
    return count === 0 ? [] : [`${count} connection${count === 1 ? '' : 's'} failed`];
  }

  #waste(): string[] {
    const wasteful = this.#session.pollSeries.filter(({ wasted, polls }) => wasted * 2 > polls);
    return wasteful
      .sort((one, other) => other.wasted - one.wasted)
      .slice(0, MOST_POLLS)
      .map(
        ({ wasted, polls, host, resource }) =>
          `${wasted} of ${polls} polls brought nothing: ${host}${resource}`,
      );
  }

  #heavy(): string[] {
    return (['request', 'response'] as const).flatMap((side) => {
      const heavy = this.#fields[side].heaviest;
      return heavy ? [`${heavy.name} is ${percentage(heavy.share)} of all fields of ${side}s`] : [];
    });
  }

  #broken(): string[] {
    return this.#rules.sorted.slice(0, MOST_RULES).map(([rule, count]) => `${count}× ${rule}`);
  }
}
