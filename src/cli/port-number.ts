import { UsageError } from './usage-error.ts';

/** The port that `text`, as the user wrote it, names. */
export function portNumber(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port ${text}: not a port; write a number from 0 (any free port) to 65535`);
}
