/** How much larger the larger one is. */
const TIMES = 16;

/** Microseconds: in less there is nothing to compare. */
const LEAST = 100;

/** The least of so many runs counts: the others had something to compile, or garbage to collect. */
const RUNS = 3;

/**
 * How many times as long `work` takes for sixteen times the size: about 16 where it grows as the size does, up to 256 where it
 * grows as its square. It is the processor's time that counts, not the clock's, so other programs make little difference.
 */
export function growth(work: (size: number) => void, size: number): number {
  const small = Math.max(LEAST, leastTime(work, size));
  return leastTime(work, TIMES * size) / small;
}

/** Microseconds of this process. */
function leastTime(work: (size: number) => void, size: number): number {
  const times = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage();
    work(size);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...times);
}

/** Between what grows as its size, and what grows as its square. */
export const MOST_GROWTH = 40;
