import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Verdict } from '../verdict.ts';
import type { Figures, Keys, Sliced, Times } from './figures.ts';
import { SHAPES } from './shape.ts';

const FIRST_PAINT_LIMIT = 1000;
const KEY_LIMIT = 50;
const FRAMES_LIMIT = 20;
/** A second begins between two frames. */
const FRAMES_SLACK = 0.5;
const SMOKE_SHARE = 0.01;
const KEYS = 200;
const SMOKE_KEYS = 10;

const SUBJECT = new URL('../inspected/bench/inspector/subject/main.js', import.meta.url);

/** How soon the inspector of a session of a million messages shows what it is asked for. */
export async function millionVerdicts(isSmoke: boolean): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [index, { name }] of SHAPES.entries()) {
    console.error(`a million in ${name} ...`);
    const figures = await figuresOf(index, isSmoke);
    verdicts.push(...verdictsOf(figures).map((verdict) => worded(verdict, name, isSmoke)));
  }
  return verdicts;
}

async function figuresOf(shape: number, isSmoke: boolean): Promise<Figures> {
  const args = [shape, isSmoke ? SMOKE_SHARE : 1, isSmoke ? SMOKE_KEYS : KEYS].map(String);
  const ended = new AbortController();
  const child = fork(SUBJECT, args);
  child.once('exit', () => ended.abort());
  const [figures]: Figures[] = await once(child, 'message', { signal: ended.signal });
  return figures!;
}

function verdictsOf({ firstPaint, draws, sort, sortAgain, search, typed, held }: Figures): Verdict[] {
  return [
    {
      words: `first paint within ${FIRST_PAINT_LIMIT} ms of having the rows: ${milliseconds(firstPaint)}`,
      isWell: firstPaint <= FIRST_PAINT_LIMIT,
    },
    keysVerdict('typed', typed),
    {
      words: `held key, 30 a second: ${keyWords(held)}`,
      isWell: held.frames <= FRAMES_LIMIT + FRAMES_SLACK,
    },
    ...Object.entries(draws).map(([place, times]) =>
      told(`a frame, cursor at ${place}: ${timeWords(times)}`),
    ),
    told(`sort by gross: ${slicedWords(sort)}; the other way round: ${slicedWords(sortAgain)}`),
    told(`search for a text in all messages: ${slicedWords(search)}`),
  ];
}

function keysVerdict(how: string, keys: Keys): Verdict {
  const isWell = keys.times.p99 <= KEY_LIMIT && keys.frames <= FRAMES_LIMIT + FRAMES_SLACK;
  return {
    words: `keys as they are ${how}, painted within ${KEY_LIMIT} ms (p99): ${keyWords(keys)}`,
    isWell,
  };
}

function keyWords({ times, frames, messages }: Keys): string {
  const pace = `${frames.toFixed(1)} frames and ${Math.round(messages).toLocaleString('en')} messages a second`;
  return `${timeWords(times)}; ${pace}`;
}

function timeWords({ median, p99, most }: Times): string {
  return `${milliseconds(median)} (p99 ${milliseconds(p99)}, most ${milliseconds(most)})`;
}

function slicedWords({ work, longest }: Sliced): string {
  return `${milliseconds(work)} of work, at most ${milliseconds(longest)} at once`;
}

function milliseconds(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}

/** What is told and not judged. */
function told(words: string): Verdict {
  return { words, isWell: undefined };
}

function worded({ words, isWell }: Verdict, shape: string, isSmoke: boolean): Verdict {
  return { words: `${shape}: ${words}`, isWell: isSmoke ? undefined : isWell };
}
