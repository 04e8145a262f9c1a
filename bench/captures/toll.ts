import { writeSync } from 'node:fs';

/** What a process took from its start to its end. */
export interface Toll {
  /** User and system time of all its threads, in microseconds. */
  readonly cpu: number;
  /** Wall time. */
  readonly milliseconds: number;
  /** Resident memory at its highest, in bytes. */
  readonly peakRss: number;
}

/** Descriptor on which a measured process tells it. */
export const TOLL_DESCRIPTOR = 3;

/** Put into a measured process with `--import`: tells at its end what it took. */
process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const toll: Toll = {
    cpu: userCPUTime + systemCPUTime,
    milliseconds: performance.now(),
    peakRss: maxRSS * 1024,
  };
  writeSync(TOLL_DESCRIPTOR, JSON.stringify(toll));
});
