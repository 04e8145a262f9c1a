import { expect, test } from 'vitest';
import { memoryOf } from './held-memory.ts';

const MEBIBYTE = 1 << 20;

test.each([
  { name: 'a buffer', make: () => Buffer.alloc(4 * MEBIBYTE) },
  { name: 'objects', make: () => Array.from({ length: MEBIBYTE / 4 }, () => [0]) },
  { name: 'what is promised', make: async () => Buffer.alloc(4 * MEBIBYTE) },
])('$name weighs what it takes, and not what was thrown away', async ({ make }) => {
  const held = await memoryOf(() => {
    Buffer.alloc(16 * MEBIBYTE);
    return make();
  });
  expect(held).toBeGreaterThan(3 * MEBIBYTE);
  expect(held).toBeLessThan(16 * MEBIBYTE);
});
