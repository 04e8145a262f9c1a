import type { Site, SubjectName } from '../subjects/command.ts';
import { launch } from '../subjects/launch.ts';
import type { Load, Sample } from './load.ts';

/** From the start of the process until it has told where it listens. */
export const start: Load = {
  name: 'start',
  unit: 'ms',
  beside: 'node',
  aim: { cost: 200 },
  async rig(name: SubjectName, site: Site) {
    await startSample(name, site); // the first start of all makes a CA and fills the disk cache
    return { sample: () => startSample(name, site), close: async () => {} };
  },
};

async function startSample(name: SubjectName, site: Site): Promise<Sample> {
  const begun = performance.now();
  const launched = await launch(name, site);
  const cost = performance.now() - begun;
  await launched.stop();
  return { cost, rate: undefined };
}
