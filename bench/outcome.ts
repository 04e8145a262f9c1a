import type { Load, Sample } from './loads/load.ts';
import { spreadOf } from './spread.ts';
import type { SubjectName } from './subjects/command.ts';

/** What all rounds of one load gave: each subject's samples in the order of the rounds. */
export interface Outcome {
  readonly load: Load;
  readonly samples: ReadonlyMap<SubjectName, readonly Sample[]>;
  /** Why the load could not be measured to its end. */
  readonly failure: string | undefined;
}

export function costsOf({ samples }: Outcome, name: SubjectName): number[] {
  return (samples.get(name) ?? []).map(({ cost }) => cost);
}

/** tare's cost by that of the subject beside it, round for round. */
export function ratiosOf(outcome: Outcome): number[] {
  const others = costsOf(outcome, outcome.load.beside);
  return costsOf(outcome, 'tare').flatMap((cost, round) => {
    const other = others[round];
    return other === undefined ? [] : [cost / other];
  });
}

/** Whether tare did what the load's aim asks, by the median; undefined when tare was not measured. */
export function isMet(outcome: Outcome): boolean | undefined {
  const { aim } = outcome.load;
  if ('ratio' in aim) {
    const ratio = spreadOf(ratiosOf(outcome));
    return ratio && ratio.median <= aim.ratio;
  }
  const cost = spreadOf(costsOf(outcome, 'tare'));
  return cost && cost.median <= aim.cost;
}
