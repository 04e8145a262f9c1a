import type { Site, SubjectName } from '../subjects/command.ts';

/** One kind of work that subjects are put to, and what tare may need for it. */
export interface Load {
  readonly name: string;
  /** What a sample's cost is counted in: 'us/request'. */
  readonly unit: string;
  /** What tare is compared with. */
  readonly beside: SubjectName;
  readonly aim: Aim;
  /** Sets a subject up for this load. */
  rig(name: SubjectName, site: Site): Promise<Rig>;
}

/** At most so many times what the other subject needs, or at most so much. */
export type Aim = { readonly ratio: number } | { readonly cost: number };

/** A subject set up for one load; it takes as many samples as are wanted. */
export interface Rig {
  /** Rejects when not everything that was sent arrived as it was sent. */
  sample(): Promise<Sample>;
  close(): Promise<void>;
}

export interface Sample {
  /** In the load's unit. */
  readonly cost: number;
  /** Units a second of wall time; undefined where the load has none. */
  readonly rate: number | undefined;
}
