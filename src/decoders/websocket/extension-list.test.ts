import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readExtensionList } from './extension-list.ts';

const foo = { name: 'foo', parameters: [] };
const bar = { name: 'bar', parameters: [] };

test.each([
  { value: '', told: [] },
  { value: 'foo', told: [foo] },
  { value: 'foo, bar', told: [foo, bar] },
  { value: ' \tfoo\t,bar ', told: [foo, bar] },
  { value: ', foo,, bar ,', told: [foo, bar] },
  // The next three are examples of RFC 6455 section 9.1.
  { value: 'foo; baz=2', told: [{ name: 'foo', parameters: [{ name: 'baz', value: '2' }] }] },
  { value: 'foo; baz="2"', told: [{ name: 'foo', parameters: [{ name: 'baz', value: '2' }] }] },
  {
    value: 'foo, bar; baz=2',
    told: [foo, { name: 'bar', parameters: [{ name: 'baz', value: '2' }] }],
  },
  {
    value: 'foo ; a = 1;b;c="x\\y"',
    told: [
      {
        name: 'foo',
        parameters: [
          { name: 'a', value: '1' },
          { name: 'b', value: undefined },
          { name: 'c', value: 'xy' },
        ],
      },
    ],
  },
])('reads $value', ({ value, told }) => {
  expect(readExtensionList(value)).toEqual(told);
});

test.each([
  'foo bar',
  'foo;',
  'foo; ;',
  'foo; a=',
  'foo; =1',
  'foo; a=1 2',
  'foo; a="1',
  'foo; a="1 2"',
  'foo; a=""',
  'foo=1',
  '"foo"',
  'foo(',
  'é',
])('%s is no list of extensions', (value) => {
  expect(readExtensionList(value)).toBeUndefined();
});

test('any value at all: never throws', () => {
  const unit = fc.constantFrom('a', ',', ';', '=', '"', '\\', ' ', '\t', 'é', '\n');
  fc.assert(
    fc.property(fc.string({ unit }), (value) => {
      readExtensionList(value);
    }),
    { numRuns: 1000 },
  );
});
