import { textHash } from './hash.ts';

/** Characters that are kept of what a peer says: a part and a hash stand for what is longer. */
export const MAX_TEXT = 256;

/** Those of them that the part has: `… ` and ten digits stand behind it. */
const PART = MAX_TEXT - 12;

/** What needs two bytes a character. */
const WIDE = /[^\0-\xff]/;

/** A bounded copy of a text off the wire. */
export function ownText(text: string): string {
  return copied(bounded(text));
}

/** A bounded text, which is no copy where it is short. What is bounded stays as it is when it is bounded again. */
export function bounded(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, PART)}… ${textHash(text)}` : text;
}

/** A text that stands by itself: one that is cut out of another keeps all of that in memory. */
export function copied(text: string): string {
  if (text === '') return '';
  const encoding = WIDE.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}
