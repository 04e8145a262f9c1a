import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What Linux tells of a process from outside. */
export interface Vitals {
  /** Resident memory now and at its highest, in bytes. */
  readonly rss: number;
  readonly peakRss: number;
  /** Open ones, without files that have no name any more: of the spool there is one as soon as it needs the disk. */
  readonly descriptors: number;
}

/** Reads /proc; throws when the process is gone. */
export function vitalsOf(pid: number): Vitals {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    rss: statusBytes(status, 'VmRSS'),
    peakRss: statusBytes(status, 'VmHWM'),
    descriptors: descriptorsOf(pid),
  };
}

/** A size in /proc/PID/status, which is in KiB there. */
export function statusBytes(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (!match) throw new Error(`/proc tells no ${name}`);
  return Number(match[1]) * 1024;
}

function descriptorsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => !isNameless(`${folder}/${name}`)).length;
}

function isNameless(link: string): boolean {
  try {
    return readlinkSync(link).endsWith(' (deleted)');
  } catch {
    return true; // closed since it was listed
  }
}

/** How many files a process may open, as `ulimit -Hn`, to which Node raises its own limit. */
export function descriptorLimit(): number {
  const match = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
  return match ? Number(match[1]) : Number.POSITIVE_INFINITY;
}
