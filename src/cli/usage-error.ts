/** A mistake in how the command was called, or something on this machine that the user can put right. Exit code 2. */
export class UsageError extends Error {
  /** Whole lines below the message, which show the place that it is about. */
  readonly sketch: string;

  constructor(message: string, sketch = '') {
    super(message);
    this.sketch = sketch;
  }
}

/** What an error says. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
