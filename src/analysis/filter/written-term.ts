import { type FilterProblem, isProblem } from './filter-problem.ts';

/** A term as it stands in the text, before anybody knows what its key means. */
export interface WrittenTerm {
  readonly isExcluded: boolean;
  /** What stands before a colon, in lower case; undefined of a bare word. */
  readonly key: string | undefined;
  /** Where the key is, or would be. */
  readonly keyAt: number;
  /** Without its quotes. */
  readonly value: string;
  /** Words in quotes are always searched for, whatever they mean bare. */
  readonly isQuoted: boolean;
  /** Where the value is, and how long as it was written, quotes included. */
  readonly valueAt: number;
  readonly valueLength: number;
}

const KEY = /[a-z]+:/iy;
/** `header:name=value`: the value may be in quotes. */
const FIELD = /header:[^\s"'=]+=/iy;
const BARE = /\S*/y;
const DOUBLE = /"((?:[^"\\]|\\.|\\$)*)("?)/sy;
const SINGLE = /'([^']*)('?)/y;
const SPACE = /\s/;

/** The terms of a text, in their order, or the first place where it cannot be read. */
export function writtenTerms(text: string): WrittenTerm[] | FilterProblem {
  const terms: WrittenTerm[] = [];
  for (let at = 0; at < text.length; ) {
    if (SPACE.test(text[at]!)) {
      at++;
      continue;
    }
    const term = termAt(text, at);
    if (isProblem(term)) return term;
    terms.push(term);
    at = term.valueAt + term.valueLength;
  }
  return terms;
}

/** `text` as a value that is read as nothing but this text. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function termAt(text: string, start: number): WrittenTerm | FilterProblem {
  const isExcluded = text[start] === '-';
  const keyAt = isExcluded ? start + 1 : start;
  const written = matchAt(KEY, text, keyAt)?.[0];
  const field = matchAt(FIELD, text, keyAt)?.[0];
  const quoteAt = keyAt + (field ?? written ?? '').length;
  const inQuotes = quotedAt(text, quoteAt);
  if (inQuotes && isProblem(inQuotes)) return inQuotes;
  const valueAt = keyAt + (written?.length ?? 0);
  const end = inQuotes?.end ?? valueAt + matchAt(BARE, text, valueAt)![0].length;
  if (end === keyAt) {
    return { problem: '- excludes the term right behind it: -opcode:ping', at: start, length: 1 };
  }
  return {
    isExcluded,
    key: written?.slice(0, -1).toLowerCase(),
    keyAt,
    value: inQuotes ? text.slice(valueAt, quoteAt) + inQuotes.value : text.slice(valueAt, end),
    isQuoted: inQuotes !== undefined,
    valueAt,
    valueLength: end - valueAt,
  };
}

/** What is in quotes at a place, and where they end; undefined where there are none. */
function quotedAt(
  text: string,
  at: number,
): { readonly value: string; readonly end: number } | FilterProblem | undefined {
  const match = matchAt(DOUBLE, text, at) ?? matchAt(SINGLE, text, at);
  if (!match) return undefined;
  const [whole, inside = '', closing] = match;
  const end = at + whole.length;
  if (!closing) return { problem: `the ${whole[0]} that closes is missing`, at, length: end - at };
  const behind = text[end];
  if (behind !== undefined && !SPACE.test(behind)) {
    return { problem: 'a space is missing behind the quotes', at: end, length: 1 };
  }
  return { value: whole[0] === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside, end };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
