import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlankLineSearch } from './blank-line-search.ts';

const cases = [
  { name: 'a blank line', text: 'a: b\r\n\r\nrest', length: 8 },
  { name: 'lines that end in LF', text: 'a: b\n\nrest', length: 6 },
  { name: 'both kinds of line end', text: 'a: b\n\r\nrest', length: 7 },
  { name: 'CR within a line', text: 'a\r\r\nb\r\n\r\n', length: 9 },
  { name: 'a line of nothing but two CR, which is not blank', text: 'a\n\r\r\n\n', length: 6 },
  { name: 'blank lines before the first other', text: '\r\n\n\r\na\r\n\r\nrest', length: 10 },
  { name: 'blank lines only', text: '\r\n\r\n\r\n', length: undefined },
  { name: 'no blank line yet', text: 'a: b\r\n', length: undefined },
  { name: 'half a blank line', text: 'a: b\r\n\r', length: undefined },
  { name: 'nothing', text: '', length: undefined },
];

test.each(cases)('$name', ({ text, length }) => {
  expect(new BlankLineSearch(true).length(Buffer.from(text))).toBe(length);
});

test.each(cases)('$name, byte by byte', ({ text, length }) => {
  const search = new BlankLineSearch(true);
  for (let count = 0; count < (length ?? text.length + 1); count++) {
    expect(search.length(Buffer.from(text.slice(0, count)))).toBeUndefined();
    expect(search.searched).toBe(count);
  }
  expect(search.length(Buffer.from(text))).toBe(length);
});

test('a section may be a blank line and nothing else', () => {
  expect(new BlankLineSearch(false).length(Buffer.from('\r\nrest'))).toBe(2);
  expect(new BlankLineSearch(false).length(Buffer.from('\nrest'))).toBe(1);
});

test('finds the same however far it could see each time', () => {
  const text = fc.array(fc.constantFrom('a', '\r', '\n'), { maxLength: 20 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(20)), fc.boolean(), (characters, views, skipsLeading) => {
      const bytes = Uint8Array.from(Buffer.from(characters.join('')));
      const search = new BlankLineSearch(skipsLeading);
      let found: number | undefined;
      for (const end of [...views.sort((a, b) => a - b), bytes.length]) {
        found ??= search.length(bytes.subarray(0, end));
      }
      expect(found).toBe(new BlankLineSearch(skipsLeading).length(bytes));
    }),
  );
});
