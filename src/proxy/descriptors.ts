import { readFileSync } from 'node:fs';

/**
 * What a process opens besides its sockets: 20 to begin with, then packages while they load, the spool, name look-ups. A
 * package that could not be opened stays missing for good (Node remembers that), so sockets must leave room.
 */
const OTHERS = 32;

/** How many sockets this process may have open, by the system's limit (`ulimit -n`); no limit where it is not told. */
export function socketLimit(limits = limitsOfProcess()): number {
  const descriptors = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return descriptors === undefined ? Number.POSITIVE_INFINITY : Math.max(2, Number(descriptors) - OTHERS);
}

/** Linux alone has such a file. */
function limitsOfProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}
