/** A mistake in how the command was called, or something on this machine that the user can put right. Exit code 2. */
export class UsageError extends Error {}

/** What an error says. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
