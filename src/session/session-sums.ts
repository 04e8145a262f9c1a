import type { Session } from './session.ts';

/** What a session came to: all of it, or a part. */
export type SessionSums = Pick<
  Session,
  'epoch' | 'totals' | 'network' | 'unopenedHosts' | 'pollSeries' | 'faults' | 'faultCount' | 'losses'
>;
