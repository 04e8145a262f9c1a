/** Tells whether any of some host names matches any of `patterns`, in which `*` stands for any characters. */
export function hostMatcher(
  patterns: readonly string[],
): (...names: readonly (string | undefined)[]) => boolean {
  const expressions = patterns.map(
    (pattern) => new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 'i'),
  );
  return (...names) => names.some((name) => name !== undefined && expressions.some((one) => one.test(name)));
}

function literal(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
