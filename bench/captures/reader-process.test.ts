import { expect, test } from 'vitest';
import { foundIn } from './reader-process.ts';

test('the counts stand in the last row', () => {
  const summary =
    '            conns  exch  msgs  gross\nWebSocket       1     1     9    236\nall             4     8    26    995\n';
  expect(foundIn(summary)).toEqual({ connections: 4, exchanges: 8, messages: 26 });
});

test('that there is no such row is said', () => {
  expect(() => foundIn('nothing\n')).toThrow('a summary without a last row: nothing');
});
