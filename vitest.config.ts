import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but Node; `system` needs curl and other programs, installed by .ci/run. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.system.test.ts'],
          testTimeout: 30_000, // a loaded machine is no failure
          hookTimeout: 30_000,
          isolate: false, // a process for each of 80 files takes 10 s more; no test leaves anything behind for the next
        },
      },
      { test: { name: 'system', include: ['src/**/*.system.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
