import { describe, expect, test } from 'vitest';
import { bounded, ownText } from './own-text.ts';

describe.each([
  { text: '' },
  { text: 'sid' },
  { text: 'Zürich' },
  { text: 'Zürich 李' },
  { text: '\ud800 half' },
  { text: 'x'.repeat(256) },
])('$text', ({ text }) => {
  test('stays', () => {
    expect(ownText(text)).toBe(text);
  });
});

test('what is long is bounded, and what differs still does', () => {
  const [one, other] = ['a', 'b'].map((end) => ownText('x'.repeat(60_000) + end));
  expect(one!.length).toBeLessThanOrEqual(256);
  expect(one).not.toBe(other);
});

test.each([257, 60_000])('what was bounded, of %d characters, stays so', (length) => {
  const text = bounded('x'.repeat(length));
  expect(bounded(text)).toBe(text);
  expect(ownText(text)).toBe(text);
});
