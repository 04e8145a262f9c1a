import { describe, expect, test } from 'vitest';
import { fieldValue, fieldValues, listElements } from './fields.ts';

const fields = [
  { name: 'Host', value: 'a' },
  { name: 'ACCEPT', value: 'text/html, */*' },
  { name: 'Hosts', value: 'b' },
  { name: 'accept', value: ', gzip ,' },
  { name: 'HOST', value: 'c' },
];

describe('names', () => {
  test('are found in any case, the first first', () => {
    expect(fieldValue(fields, 'host')).toBe('a');
    expect(fieldValues(fields, 'host')).toEqual(['a', 'c']);
  });

  test('are found whole', () => {
    expect(fieldValue(fields, 'hos')).toBeUndefined();
    expect(fieldValues(fields, 'hose')).toEqual([]);
  });
});

describe('list elements', () => {
  test('come from all lines, the empty ones left out', () => {
    expect(listElements(fields, 'accept')).toEqual(['text/html', '*/*', 'gzip']);
    expect(listElements(fields, 'te')).toEqual([]);
  });

  test.each([
    { value: 'a; p="x, y" , b', elements: ['a; p="x, y"', 'b'] },
    { value: 'a; p="x\\", y", b', elements: ['a; p="x\\", y"', 'b'] },
    { value: 'a; p="unclosed, b', elements: ['a; p="unclosed, b'] },
    { value: '\ta\t,\vchunked', elements: ['a', '\vchunked'] },
    { value: ' , ,', elements: [] },
  ])('of $value', ({ value, elements }) => {
    expect(listElements([{ name: 'X', value }], 'x')).toEqual(elements);
  });
});
