import { setTimeout as pause } from 'node:timers/promises';
import type { Route } from '../route.ts';

/** What one client of a kind does, over and over. */
export interface Strand {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** At once. */
  readonly clients: number;
  /** Makes it without end, and tells of units that have arrived; rejects when something is lost, changed or cut off. */
  run(route: Route, arrived: (units: number) => void): Promise<never>;
}

/** A piece of work to be done again and again. */
export interface Work extends Omit<Strand, 'run'> {
  /** That a turn brings. */
  readonly units: number;
  /** Milliseconds between turns; 0 unless told otherwise. */
  readonly rest?: number;
  turn(route: Route, number: number): Promise<void>;
}

export function repeating({ units, rest = 0, turn, ...strand }: Work): Strand {
  return {
    ...strand,
    async run(route, arrived) {
      for (let number = 0; ; number++) {
        await turn(route, number);
        arrived(units);
        if (rest > 0) await pause(rest);
      }
    },
  };
}
