import type { Fault } from '../decoder.ts';

/** A fault that has no place yet: which rule was broken, and how. */
export type Violation = Pick<Fault, 'rule' | 'detail'>;
