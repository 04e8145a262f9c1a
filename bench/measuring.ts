import type { Load, Rig, Sample } from './loads/load.ts';
import type { Outcome } from './outcome.ts';
import type { Site, SubjectName } from './subjects/command.ts';

const SAMPLE_LIMIT_MS = 60_000;

/**
 * Puts each subject in turn to a load, round after round, so that whatever else the machine does meets them all.
 * A failure ends this load and is told, not thrown.
 */
export async function measured(
  load: Load,
  subjects: readonly SubjectName[],
  rounds: number,
  site: Site,
): Promise<Outcome> {
  const rigs = new Map<SubjectName, Rig>();
  const samples = new Map<SubjectName, Sample[]>();
  let under = '';
  try {
    for (const name of subjects) {
      under = name;
      samples.set(name, []);
      rigs.set(name, await inTime(load.rig(name, site)));
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, rig] of inTurn([...rigs], round)) {
        under = name;
        samples.get(name)!.push(await inTime(rig.sample()));
      }
    }
    return { load, samples, failure: undefined };
  } catch (error) {
    return {
      load,
      samples,
      failure: `${load.name} on ${under}: ${error instanceof Error ? error.message : error}`,
    };
  } finally {
    for (const rig of rigs.values()) await rig.close();
  }
}

/** Every other round backwards, so that nobody always comes second. */
function inTurn<Item>(items: Item[], round: number): Item[] {
  return round % 2 === 0 ? items : items.reverse();
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not done within ${SAMPLE_LIMIT_MS / 1000} s`)),
      SAMPLE_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
