import { describe, expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import { playPolls } from '../testing/poll-script.ts';
import { textOf } from '../testing/shown-lines.ts';
import { displayWidth } from './display-width.ts';
import { pollLine, pollSummary } from './poll-line.ts';

function polled(bodies = ['a', 'a', 'b', '', 'b', 'b'], target?: string): Session {
  const session = new Session();
  playPolls(session.take, bodies, target);
  return session;
}

describe('a series as one line', () => {
  test('what it is, its rhythm, its news and its waste, what it weighs and of what it is', () => {
    const session = polled();
    const line = textOf(pollLine(session, session.pollSeries[0]!, 0, 160)).replace(/^\S+ /, '');
    expect(line).toBe(
      '     poll ↻ ×6          short, each 1.0s ±0ms 3 news 3 wasted (mostly unchanged) 491 99% overhead  chat.example/inbox',
    );
  });

  test.each([60, 80, 100, 120])('leaves room for nothing more than %i columns', (columns) => {
    const session = polled(undefined, `/a/${'long/'.repeat(50)}?_=1`);
    for (const line of pollSummary(session, columns)) {
      expect(displayWidth(textOf(line))).toBeLessThanOrEqual(Math.max(columns, 76));
    }
  });

  test('what was asked cannot steer the terminal', () => {
    const session = polled(undefined, '/\u001b[2J');
    expect(textOf(pollSummary(session, 200)[0]!)).not.toContain('\u001b');
  });
});

test('the summary tells the heaviest, and how many more there are', () => {
  const session = new Session();
  for (let number = 1; number <= 12; number++) {
    playPolls(
      session.take,
      Array(6).fill('x'.repeat(number * 10)),
      `/resource/${'abcdefghijkl'[number - 1]}`,
      number,
    );
  }
  const lines = pollSummary(session, 160).map(textOf);
  expect(lines).toHaveLength(11);
  expect(lines[0]).toContain('/resource/l');
  expect(lines.at(-1)).toBe('and 2 more poll series');
});
