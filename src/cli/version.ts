import { readFileSync } from 'node:fs';

/** tare's own: yargs would take that of the package somebody stands in. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
