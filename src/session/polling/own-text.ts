import { textHash } from './hash.ts';

/** Characters that are kept of what a client says: a part and a hash stand for what is longer. */
const MAX_TEXT = 256;

/** A bounded copy of a text off the wire. */
export function ownText(text: string): string {
  return copied(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… ${textHash(text)}` : text);
}

/** A text that stands by itself: one that is cut out of another keeps all of that in memory. */
export function copied(text: string): string {
  return text === '' ? '' : Buffer.from(text, 'utf16le').toString('utf16le');
}
