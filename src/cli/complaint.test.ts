import { expect, test } from 'vitest';
import { complaint } from './complaint.ts';

test.each([
  { typed: ['--client-crt', 'a'], unknown: 'client-crt', said: '--client-crt; did you mean --client-cert?' },
  { typed: ['--untilidle=5s'], unknown: 'untilidle', said: '--untilidle; did you mean --until-idle?' },
  { typed: ['--keeplog', 'a'], unknown: 'keeplog', said: '--keeplog; did you mean --keylog?' },
  { typed: ['--hid', 'a'], unknown: 'hid', said: '--hid; did you mean --hide?' },
  { typed: ['--something'], unknown: 'something', said: '--something' },
])('$typed', ({ typed, unknown, said }) => {
  const camelCase = unknown.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const repeated = camelCase === unknown ? unknown : `${unknown}, ${camelCase}`;
  expect(complaint(`Unknown argument: ${repeated}`, typed)).toBe(`Unknown option: ${said}`);
});
