import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a subject has used since it started. */
export interface Usage {
  /** User and system time of all its threads, in microseconds. */
  readonly cpu: number;
  /** Resident memory in bytes. */
  readonly rss: number;
}

/** `usage` asks as it is, `usage-collected` after a garbage collection. */
export type Question = 'usage' | 'usage-collected';

/**
 * Put into every measured process with `--import`: answers its parent over IPC, and ends with it.
 * getrusage counts what /proc's 10 ms ticks cannot, and works where there is no /proc.
 */
if (process.send) {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');

  process.on('message', (question: Question) => {
    if (question === 'usage-collected') collect();
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
  process.channel?.unref();
}
