import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth } from '../testing/growth.ts';
import { beginning, displayWidth, fitted, withoutMiddle } from './display-width.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['é', 1],
  ['e\u0301', 1],
  ['李雷', 4],
  ['한글', 4],
  ['👍🏽', 2],
  ['▲▼■…·', 5],
])('%s takes %d columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

describe('cut to the width exactly', () => {
  test.each([
    { text: 'abcdef', columns: 4, begins: 'abcd', middle: 'a…ef' },
    { text: 'abcdef', columns: 6, begins: 'abcdef', middle: 'abcdef' },
    { text: '李雷李雷', columns: 5, begins: '李雷', middle: '李…雷' },
    { text: '李雷李雷', columns: 8, begins: '李雷李雷', middle: '李雷李雷' },
    { text: 'ae\u0301bcd', columns: 2, begins: 'ae\u0301', middle: '…d' },
    { text: 'ab', columns: 1, begins: 'a', middle: '…' },
    { text: 'ab', columns: 0, begins: '', middle: '…' },
  ])('$text in $columns', ({ text, columns, begins, middle }) => {
    expect(beginning(text, columns)).toBe(begins);
    expect(withoutMiddle(text, columns)).toBe(middle);
  });

  test('of any text, in any width', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc
        .array(fc.constantFrom('a', '李', 'e\u0301', '👍🏽', ' '), { maxLength: 40 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, columns) => {
        const begins = beginning(text, columns);
        expect(text.startsWith(begins)).toBe(true);
        expect(displayWidth(begins)).toBeLessThanOrEqual(columns);
        expect(displayWidth(begins) + displayWidth(firstCharacter(text.slice(begins.length)))).toSatisfy(
          (width: number) => begins === text || width > columns,
        );
        expect(displayWidth(withoutMiddle(text, columns))).toBeLessThanOrEqual(columns);
        expect(displayWidth(fitted(text, columns))).toBe(columns);
      }),
    );
  });

  test('a megabyte is not measured whole', () => {
    const cut = (size: number) => {
      const text = '李'.repeat(size);
      for (let index = 0; index < 30; index++) withoutMiddle(text, 80);
    };
    expect(growth(cut, 20_000)).toBeLessThan(4); // 1 measured; 16 where it is
  });
});

/** What a reader takes for one character. */
function firstCharacter(text: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return first?.segment ?? '';
}
