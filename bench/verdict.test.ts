import { expect, test } from 'vitest';
import { megabytes, verdictLines } from './verdict.ts';

test('what failed stands last', () => {
  const lines = verdictLines([
    { words: 'memory', isWell: false },
    { words: 'growth', isWell: undefined },
    { words: 'end', isWell: true },
  ]);
  expect(lines).toBe('not judged  growth\nok          end\nFAILED      memory\n');
});

test.each([
  { bytes: 400e6, text: '400 MB' },
  { bytes: 1.2345e9, text: '1,235 MB' },
])('$bytes bytes as $text', ({ bytes, text }) => {
  expect(megabytes(bytes)).toBe(text);
});
