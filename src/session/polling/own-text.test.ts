import { expect, test } from 'vitest';
import { ownText } from './own-text.ts';

test.each(['', 'sid', 'Zürich 李', '\ud800 half'])('%j stays', (text) => {
  expect(ownText(text)).toBe(text);
});

test('what is long is bounded, and what differs still does', () => {
  const [one, other] = ['a', 'b'].map((end) => ownText('x'.repeat(60_000) + end));
  expect(one!.length).toBeLessThan(300);
  expect(one).not.toBe(other);
});
