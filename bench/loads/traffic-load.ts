import type { Route } from '../route.ts';
import type { Site, SubjectName } from '../subjects/command.ts';
import { Subject } from '../subjects/subject.ts';
import type { Aim, Load, Rig, Sample } from './load.ts';

/** Work that is measured by the CPU time a subject needs for it. */
export interface TrafficDescription {
  readonly name: string;
  readonly unit: string;
  readonly beside: SubjectName;
  readonly aim: Aim;
  /** Units in a sample: enough for some tenths of a second of the bare relay's CPU time. */
  readonly units: number;
  readonly smokeUnits: number;
  /** Makes the connections, which are not measured, and the work, which is. */
  open(route: Route, units: number): Promise<Traffic>;
}

export interface Traffic {
  /** Sends every unit, and resolves when each has arrived. */
  run(): Promise<void>;
  close(): void;
}

/** A load whose subject lives through all its samples, warmed by one that does not count. */
export function trafficLoad(description: TrafficDescription): Load {
  const { name, unit, beside, aim } = description;
  return {
    name,
    unit,
    beside,
    aim,
    async rig(subjectName: SubjectName, site: Site): Promise<Rig> {
      const subject = await Subject.start(subjectName, site);
      const units = site.isSmoke ? description.smokeUnits : description.units;
      const route = { proxyPort: subject.port, origin: site.origin };
      const sample = () => trafficSample(subject, () => description.open(route, units), units);
      const rig = { sample, close: () => subject.stop() };
      if (!site.isSmoke) await warm(rig);
      return rig;
    },
  };
}

async function warm(rig: Rig): Promise<void> {
  try {
    await rig.sample();
  } catch (error) {
    await rig.close();
    throw error;
  }
}

async function trafficSample(subject: Subject, open: () => Promise<Traffic>, units: number): Promise<Sample> {
  const traffic = await open();
  try {
    const cpuBefore = await subject.settledCpu();
    const begun = performance.now();
    await traffic.run();
    const seconds = (performance.now() - begun) / 1000;
    const cpuAfter = await subject.settledCpu();
    return { cost: (cpuAfter - cpuBefore) / units, rate: units / seconds };
  } finally {
    traffic.close();
  }
}
