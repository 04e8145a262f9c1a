/** What the process ends with, for scripts. */
export const EXIT = { well: 0, checkFailed: 1, usage: 2, unbalanced: 3 } as const;
