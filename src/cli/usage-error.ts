/** A mistake in how the command was called, or something on this machine that the user can put right. Exit code 2. */
export class UsageError extends Error {}
