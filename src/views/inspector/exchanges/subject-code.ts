import type { Subject } from '../subject.ts';

/** A subject as one number, so that a million of them take 4 MB: its number times four, and its type. */
export type SubjectCode = number;

const TYPES: readonly Subject['type'][] = ['exchange', 'series', 'failure'];

export function subjectCode({ type, number }: Subject): SubjectCode {
  return number * 4 + TYPES.indexOf(type);
}

export function subjectOf(code: SubjectCode): Subject {
  return { type: TYPES[code & 3]!, number: code >> 2 };
}
