import { FLAGS } from './exchange-keys.ts';
import { isProblem } from './filter-problem.ts';
import { KEYS } from './keys.ts';
import type { Choice } from './test.ts';
import { writtenTerms } from './written-term.ts';

/** What may stand in a text instead of what is there from `from` to the caret. */
export interface Completions {
  readonly from: number;
  readonly choices: readonly Choice[];
}

/** A minus, a key, and what there is of a value behind its last comma. */
const TERM = /^-?(?:([a-z]+):(?:[^,]*,)*)?([^,]*)$/i;

/** What can go on at a place of a text: keys, with their colon, and values where there are few; none inside quotes. */
export function completionsOf(text: string, caret: number): Completions {
  const before = text.slice(0, caret);
  const term = isQuoteOpen(before) ? undefined : TERM.exec(/\S*$/.exec(before)![0]);
  if (!term) return { from: before.length, choices: [] };
  const [, key, typed = ''] = term;
  const offered = key === undefined ? WORDS : (KEYS.get(key.toLowerCase())?.choices ?? []);
  const start = typed.toLowerCase();
  const choices = offered.filter(({ text: word }) => word.toLowerCase().startsWith(start));
  return { from: before.length - typed.length, choices };
}

const WORDS: readonly Choice[] = [
  ...Array.from(KEYS.values(), ({ name, tells }) => ({ text: `${name}:`, tells })),
  ...Array.from(FLAGS.values(), ({ text, tells }) => ({ text, tells })),
];

/** Quotes that do not close are what no text can be read past. */
function isQuoteOpen(before: string): boolean {
  const terms = writtenTerms(before);
  return isProblem(terms) && /["']/.test(before[terms.at]!);
}
