/** What may end a run besides a signal. */
export interface Ends {
  /** Milliseconds from now, where the run has a time. */
  readonly after: number | undefined;
  /** The output cannot be written any more. */
  readonly gone: Promise<Error>;
  /** All has been quiet for as long as was asked for. */
  readonly idle: Promise<void> | undefined;
  /** The user has left the inspector. */
  readonly quit: AbortSignal;
}

/**
 * Resolves on SIGINT, SIGTERM, after a time, or when all is quiet; or with the error when the output is gone. A second
 * signal ends the process at once.
 */
export function theEnd({ after, gone, idle, quit }: Ends): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const timer = after === undefined ? undefined : setTimeout(() => end(), after);
    const onSignal = () => end();
    function end(broken?: Error) {
      clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      resolve(broken);
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    gone.then(end);
    idle?.then(onSignal);
    quit.addEventListener('abort', onSignal);
  });
}

/** True when whoever read the output has seen enough (`| head`), unlike with a full disk. */
export function isPipeClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
