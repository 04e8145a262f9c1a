import { readHostPattern } from '../proxy/host-pattern.ts';
import { UsageError } from './usage-error.ts';

/** The host patterns that an option was given, each of them one. */
export function hostPatterns(texts: readonly string[], option: string): readonly string[] {
  for (const text of texts) {
    if (readHostPattern(text)) continue;
    throw new UsageError(
      `--${option} ${text}: not a host; write for example api.example.com, '*.example.com' or localhost:8443`,
    );
  }
  return texts;
}
