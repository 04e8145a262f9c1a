type Write = typeof process.stderr.write;

/**
 * Hands to `tell` what is written to stderr while a program has the screen: warnings of Node, troubles of a recording. The
 * function it returns ends that, and writes it all to stderr after all, for whoever looks there later.
 */
export function wordsAside(tell: (words: string) => void): () => void {
  if (!process.stderr.isTTY) return () => {};
  const { stderr } = process;
  const write = stderr.write;
  const kept: string[] = [];
  const aside: Write = (chunk: string | Uint8Array, ...then: readonly unknown[]) => {
    const words = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (kept.length < MOST_KEPT) kept.push(words);
    tell(words.trim());
    const written = then.at(-1); // whoever waits for it goes on
    if (typeof written === 'function') queueMicrotask(() => written());
    return true;
  };
  stderr.write = aside;
  return () => {
    stderr.write = write;
    for (const words of kept) stderr.write(words);
  };
}

const MOST_KEPT = 1000;
