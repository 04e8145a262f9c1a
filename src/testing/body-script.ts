import fc from 'fast-check';
import type { ConversationScript, Place } from './conversation-script.ts';
import type { ClassWeights } from './exchange-story.ts';
import { trailerLines } from './head-script.ts';

/** Bytes of a body which are in one class and a part of one thing. */
export interface Run {
  readonly place: Place;
  readonly what: keyof ClassWeights;
  readonly text: string;
  /** A message's first line begins with it. */
  readonly begins?: boolean;
  /** The message is told when this has come. */
  readonly completes?: boolean;
}

/** How a body's end is found (RFC 9112 section 6.3), and how it is wrapped for that. */
export interface FramingRecipe {
  readonly type: 'none' | 'length' | 'chunked' | 'until-close';
  /** Zeros before the Content-Length. */
  readonly zeros: string;
  readonly coding: string;
  /** Where chunks end. */
  readonly places: readonly number[];
  /** How chunk-size lines are written, by turns; the last-chunk's too. */
  readonly lines: readonly ChunkLineRecipe[];
  readonly trailers: readonly string[];
}

interface ChunkLineRecipe {
  readonly zeros: string;
  readonly isUpper: boolean;
  readonly extension: string;
}

const EXTENSIONS = ['', ';a=1', ';a="b;c"', ' ; x', ';q="\\""', ';\tz = 1'];

const chunkLineRecipe: fc.Arbitrary<ChunkLineRecipe> = fc.record({
  zeros: fc.constantFrom('', '0', '000'),
  isUpper: fc.boolean(),
  extension: fc.constantFrom(...EXTENSIONS),
});

/** Framings of these types. */
export function framingRecipe(...types: readonly FramingRecipe['type'][]): fc.Arbitrary<FramingRecipe> {
  return fc.record({
    type: fc.constantFrom(...types),
    zeros: fc.constantFrom('', '00'),
    coding: fc.constantFrom('chunked', 'CHUNKED', 'gzip, chunked', 'gzip ,\tchunked'),
    places: fc.array(fc.nat(200), { maxLength: 4 }),
    lines: fc.array(chunkLineRecipe, { minLength: 1, maxLength: 3 }),
    trailers: trailerLines,
  });
}

/** What an event stream may begin with. */
export const BOM = '\xef\xbb\xbf';

/** A body's bytes: little or much, and what looks like HTTP. */
export const bodyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.constantFrom('\r\n', '0\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
  fc.constantFrom(255, 4096, 20_000).map((length) => 'long '.repeat(length).slice(0, length)),
);

/** The fields that announce a body of `length` bytes. */
export function framingFields(
  { type, zeros, coding }: FramingRecipe,
  length: number,
): readonly (readonly [string, string])[] {
  if (type === 'length') return [['Content-Length', `${zeros}${length}`]];
  return type === 'chunked' ? [['Transfer-Encoding', coding]] : [];
}

/** Says a body; what comes behind its last byte belongs to `end`. */
export function sayBody(
  script: ConversationScript,
  runs: readonly Run[],
  framing: FramingRecipe,
  end: Place,
): void {
  if (framing.type === 'none') return;
  if (framing.type !== 'chunked') return sayRuns(script, runs);
  const edges = chunkEdges(runs, framing.places);
  const line = (size: number, index: number) => {
    return chunkLine(size, framing.lines[index % framing.lines.length]!);
  };
  edges.slice(1).forEach((edge, index) => {
    const from = edges[index]!;
    const owner = nextTold(runs, from) ?? end;
    script.say(owner, 'framing', `${index === 0 ? '' : '\r\n'}${line(edge - from, index)}`);
    sayRuns(script, between(runs, from, edge));
  });
  script.say(end, 'framing', `${edges.length === 1 ? '' : '\r\n'}${line(0, edges.length)}`);
  script.say(end, 'head', framing.trailers.join(''));
  script.say(end, 'framing', '\r\n');
}

function chunkLine(size: number, { zeros, isUpper, extension }: ChunkLineRecipe): string {
  const digits = size.toString(16);
  return `${zeros}${isUpper ? digits.toUpperCase() : digits}${extension}\r\n`;
}

function sayRuns(script: ConversationScript, runs: readonly Run[]): void {
  for (const { place, what, text, begins } of runs) {
    if (begins && place.message) place.message.start = script.said(place.from);
    script.say(place, what, text);
  }
}

/** Where chunks begin and end. A line end is not cut: what its LF belongs to would depend on that. */
function chunkEdges(runs: readonly Run[], places: readonly number[]): number[] {
  const text = runs.map((run) => run.text).join('');
  const inside = places.filter((place) => place > 0 && place < text.length && !isInLineEnd(text, place));
  return [...new Set([0, ...inside, text.length])].sort((a, b) => a - b);
}

/** Whether a CR and its LF stand on either side. */
export function isInLineEnd(text: string, place: number): boolean {
  return text[place - 1] === '\r' && text[place] === '\n';
}

/** The message that is told next, behind so many bytes of a body: chunk-size lines there are its framing. */
function nextTold(runs: readonly Run[], position: number): Place | undefined {
  let end = 0;
  for (const { text, completes, place } of runs) {
    end += text.length;
    if (end > position && completes) return place;
  }
  return undefined;
}

/** What of the runs is from `from` to `to`. */
function between(runs: readonly Run[], from: number, to: number): Run[] {
  let start = 0;
  return runs.flatMap((run) => {
    const [first, last] = [Math.max(from - start, 0), to - start];
    const text = run.text.slice(first, Math.max(last, 0));
    start += run.text.length;
    if (text === '') return [];
    return [{ ...run, text, begins: run.begins === true && first === 0 }];
  });
}
