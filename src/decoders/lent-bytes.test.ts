import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LentBytes } from './lent-bytes.ts';

test('a view is the very memory, also where the bytes are a part of more', () => {
  const bytes = Buffer.from('abcdef').subarray(1);
  const view = new LentBytes(bytes).view(1, 3);
  expect(Buffer.from(view).toString()).toBe('cd');
  expect(view.buffer).toBe(bytes.buffer);
});

test.each([
  { name: 'all of it is', text: 'a é b', from: 2, to: 4, told: true },
  { name: 'another part is not', text: 'a é \xff', from: 2, to: 4, told: true },
  { name: 'it is not', text: 'a \xff b', from: 2, to: 3, told: false },
  { name: 'the last character is cut', text: 'a é \xe2\x82', from: 2, to: 4, told: true },
  { name: 'it is all there is, and cut', text: '\xe2\x82', from: 0, to: 2, told: false },
  { name: 'it is the last, and cut', text: 'a \xe2\x82', from: 2, to: 4, told: false },
])('a part is UTF-8 where $name: $told', ({ text, from, to, told }) => {
  const bytes = Buffer.from(text.replace('é', '\xc3\xa9'), 'latin1');
  expect(new LentBytes(bytes).isUtf8(from, to)).toBe(told);
});

test('whatever the bytes are, a line of them is UTF-8 where it is by itself', () => {
  const piece = fc.constantFrom(
    'a',
    '\n',
    '\xc3\xa9',
    '\xe2\x82\xac',
    '\xf0\x9f\x98\x80',
    '\x80',
    '\xe2',
    '\xff',
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const lent = new LentBytes(bytes);
      let from = 0;
      for (let to = bytes.indexOf('\n'); to >= 0; to = bytes.indexOf('\n', from)) {
        expect(lent.isUtf8(from, to)).toBe(isUtf8(bytes.subarray(from, to)));
        from = to + 1;
      }
    }),
  );
});
