import { expect, test } from 'vitest';
import { filterOption } from './filter-option.ts';
import { UsageError } from './usage-error.ts';

test('an option that is not there filters nothing', () => {
  expect(filterOption(undefined)).toBeUndefined();
  expect(filterOption('host:a')?.text).toBe('host:a');
});

test.each([
  { text: 'host:a opcod:x', sketch: '  host:a opcod:x\n         ^^^^^^\n' },
  { text: '大 size:x', sketch: '  大 size:x\n          ^\n' },
  { text: 'a\u001b "', sketch: '  a· "\n     ^\n' },
])('$text is shown with a mark below its place', ({ text, sketch }) => {
  let thrown: unknown;
  try {
    filterOption(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UsageError);
  expect(thrown).toMatchObject({ message: expect.stringMatching(/^--filter: /), sketch });
});
