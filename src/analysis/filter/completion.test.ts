import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completionsOf } from './completion.ts';
import { isProblem, parseFilter } from './filter.ts';

test.each([
  { text: 'ho', from: 0, choices: ['host:'] },
  { text: 'a -op', from: 3, choices: ['opcode:'] },
  { text: 'fa', from: 0, choices: ['fault:', 'fault', 'failed'] },
  { text: 'opcode:p', from: 7, choices: ['ping', 'pong'] },
  { text: 'proto:ws,s', from: 9, choices: ['sse'] },
  { text: 'FROM:', from: 5, choices: ['client', 'server'] },
  { text: 'host:c', from: 5, choices: [] },
  { text: 'text:"opcode:p', from: 14, choices: [] },
  { text: '"ho', from: 3, choices: [] },
])('$text', ({ text, from, choices }) => {
  const completions = completionsOf(text, text.length);
  expect({ ...completions, choices: completions.choices.map((choice) => choice.text) }).toEqual({
    from,
    choices,
  });
});

test('what stands behind the caret does not count', () => {
  expect(completionsOf('host:a "', 2).choices).toEqual([expect.objectContaining({ text: 'host:' })]);
});

test('each value that is offered is one that its key takes', () => {
  for (const { text: key } of completionsOf('', 0).choices) {
    for (const { text } of completionsOf(key, key.length).choices) {
      if (key.endsWith(':')) expect(isProblem(parseFilter(key + text))).toBe(false);
    }
  }
});

test('any text and any caret: the place is before it', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(40), (text, at) => {
      const caret = Math.min(at, text.length);
      const { from } = completionsOf(text, caret);
      expect(from >= 0 && from <= caret).toBe(true);
    }),
  );
});
