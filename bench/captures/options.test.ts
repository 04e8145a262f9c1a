import { expect, test } from 'vitest';
import { CASES } from './cases.ts';
import { parsedOptions } from './options.ts';

test('what is measured where nothing is said', () => {
  expect(parsedOptions([])).toEqual({
    only: ['recording', 'reading'],
    rounds: 5,
    size: 256e6,
    captures: CASES,
    isSmoke: false,
  });
});

test.each([
  { args: ['--size', '2G'], found: { size: 2e9 } },
  {
    args: ['--only', 'reading', '--captures', 'echoes,http'],
    found: { captures: [{ name: 'echoes' }, { name: 'http' }] },
  },
  { args: ['--smoke', '--size', '2G', '--rounds', '9'], found: { size: 2e6, rounds: 1 } },
])('$args', ({ args, found }) => {
  expect(parsedOptions(args)).toMatchObject(found);
});

test.each([
  { args: ['--size', '2'], words: 'not a size' },
  { args: ['--size', '0G'], words: 'not a size' },
  { args: ['--rounds', '1.5'], words: 'not a count' },
  { args: ['--captures', 'ftp'], words: 'the captures are echoes, flood' },
  { args: ['--only', 'writing'], words: 'the parts are recording, reading' },
])('$args is refused', ({ args, words }) => {
  expect(() => parsedOptions(args)).toThrow(words);
});
