import { expect, test } from 'vitest';
import { SliceNames } from './slice-names.ts';

const entry = (address: string, ...names: string[]) => ({ address, names });

test('names wait until a packet needs them, and are told once', () => {
  const names = new SliceNames();
  expect(names.told([entry('192.0.2.1', 'a', 'b'), entry('192.0.2.2', 'c')])).toEqual([]);
  expect(names.use('192.0.2.1')).toEqual([entry('192.0.2.1', 'a', 'b')]);
  expect(names.use('192.0.2.1')).toEqual([]);
  expect(names.use('192.0.2.3')).toEqual([]);
});

test('names of an address that is there already are told where they stand', () => {
  const names = new SliceNames();
  names.use('::1');
  expect(names.told([entry('::2', 'b'), entry('::1', 'a')])).toEqual([entry('::1', 'a')]);
  expect(names.use('::2')).toEqual([entry('::2', 'b')]);
});

test('an address that was renamed has all its names, in their order', () => {
  const names = new SliceNames();
  for (const name of ['old', 'old', 'new']) names.told([entry('::1', name)]);
  expect(names.use('::1')).toEqual([entry('::1', 'old'), entry('::1', 'new')]);
});
