import { expect, test } from 'vitest';
import { wordList } from './word-list.ts';

type Word = 'one' | 'two' | undefined;

test('is the words in their places', () => {
  expect(wordList<Word>()([undefined, 'two', 'one'])).toEqual([undefined, 'two', 'one']);
});

test('a word that is missing, or is none, is an error of types', () => {
  // @ts-expect-error: 'one' is missing
  expect(wordList<Word>()([undefined, 'two'])).toHaveLength(2);
  // @ts-expect-error: 'three' is no word
  expect(wordList<Word>()([undefined, 'two', 'one', 'three'])).toHaveLength(4);
});
