import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineEditor } from './line-editor.ts';

function press(editor: LineEditor, ...names: readonly string[]): void {
  for (const name of names) editor.press({ name, text: name.length === 1 ? name : '' });
}

/** Text and caret as one: `host|:x`. */
function shown(editor: LineEditor): string {
  return `${editor.text.slice(0, editor.caret)}|${editor.text.slice(editor.caret)}`;
}

describe('keys', () => {
  test.each([
    { text: '', keys: ['a', 'b'], after: 'ab|' },
    { text: 'ab', keys: ['left', 'x'], after: 'ax|b' },
    { text: 'ab', keys: ['C-b', 'C-b', 'C-b', 'C-f'], after: 'a|b' },
    { text: 'ab', keys: ['home', 'x'], after: 'x|ab' },
    { text: 'ab', keys: ['C-a', 'right', 'right', 'right'], after: 'ab|' },
    { text: 'ab', keys: ['C-a', 'end'], after: 'ab|' },
    { text: 'ab', keys: ['C-a', 'C-e'], after: 'ab|' },
    { text: 'ab', keys: ['backspace', 'backspace', 'backspace'], after: '|' },
    { text: 'ab', keys: ['home', 'delete'], after: '|b' },
    { text: 'ab', keys: ['left', 'C-d', 'C-d'], after: 'a|' },
    { text: 'one two  ', keys: ['C-w'], after: 'one |' },
    { text: 'one two', keys: ['C-w', 'C-w', 'C-w'], after: '|' },
    { text: 'one two', keys: ['M-b', 'M-b', 'M-b', 'M-f'], after: 'one| two' },
    { text: 'one two', keys: ['M-f'], after: 'one two|' },
    { text: 'one two', keys: ['M-b', 'C-u'], after: '|two' },
    { text: 'one two', keys: ['M-b', 'C-k'], after: 'one |' },
    { text: 'one', keys: ['f1', 'pageup'], after: 'one|' },
    { text: '李e\u0301👩‍👧', keys: ['left', 'left'], after: '李|e\u0301👩‍👧' },
    { text: '李e\u0301👩‍👧', keys: ['backspace', 'backspace'], after: '李|' },
  ])('$keys in $text', ({ text, keys, after }) => {
    const editor = new LineEditor(text);
    press(editor, ...keys);
    expect(shown(editor)).toBe(after);
  });

  test('what could steer a terminal is typed as dots', () => {
    const editor = new LineEditor('');
    editor.press({ name: 'x', text: '\u202e\u009b' });
    expect(editor.text).toBe('··');
  });
});

test('a part of it is replaced', () => {
  const editor = new LineEditor('a ho b');
  press(editor, 'left', 'left');
  editor.replace(2, 'host:');
  expect(shown(editor)).toBe('a host:| b');
  editor.set('new');
  expect(shown(editor)).toBe('new|');
});

describe('a narrow window', () => {
  test('goes along with the caret, by columns', () => {
    const editor = new LineEditor('李雷和韩梅梅');
    expect(editor.visible(6)).toEqual({ text: '梅梅', from: 4 });
    expect(editor.caretColumn).toBe(4);
    press(editor, 'left', 'left', 'left');
    expect(editor.visible(6)).toEqual({ text: '韩梅梅', from: 3 });
    expect(editor.caretColumn).toBe(0);
    expect(editor.columnOf(5)).toBe(4);
    expect(editor.columnOf(0)).toBe(0);
  });
});

const keys = fc.constantFrom(
  ...[
    'a',
    '李',
    ' ',
    'left',
    'right',
    'home',
    'end',
    'M-b',
    'M-f',
    'backspace',
    'delete',
    'C-w',
    'C-u',
    'C-k',
  ],
);

test('the caret is in the text, and in the window', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(keys),
      fc.integer({ min: 1, max: 9 }),
      (text, names, columns) => {
        const editor = new LineEditor(text);
        for (const name of names) {
          press(editor, name);
          expect(editor.caret).toBeGreaterThanOrEqual(0);
          expect(editor.caret).toBeLessThanOrEqual(editor.text.length);
          editor.visible(columns);
          expect(editor.caretColumn).toBeLessThan(columns);
        }
      },
    ),
  );
});
