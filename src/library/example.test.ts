import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';

vi.mock('tare', () => import('../index.ts'));

afterEach(() => {
  vi.restoreAllMocks();
});

const documentation = readFileSync('docs/library.md', 'utf8');

test('the example in the documentation is the one that runs here', () => {
  const [, example] = /```ts\n(import[\s\S]*?)```/.exec(documentation) ?? [];
  expect(example).toBe(readFileSync('docs/library-example.ts', 'utf8'));
});

test('and it prints what it is said to', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import(pathToFileURL(resolve('docs/library-example.ts')).href);
  const printed = log.mock.calls.map((words) => `${words.join(' ')}\n`).join('');
  const [, output = ''] = /It prints:\n\n```\n([\s\S]*?)```/.exec(documentation) ?? [];
  expect(withoutShares(printed)).toBe(withoutShares(output));
});

/** How much head a request has depends on the version of Node. */
function withoutShares(text: string): string {
  return text.replace(/\d+ %/g, '… %');
}
