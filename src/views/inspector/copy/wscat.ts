import type { RequestToCopy } from './request.ts';
import { shellWord } from './shell-word.ts';

/** The handshake as a command line of wscat. */
export function asWscat({ url, fields, subprotocols }: RequestToCopy): string {
  return [
    'wscat',
    '-c',
    shellWord(url),
    ...subprotocols.map((name) => `-s ${shellWord(name)}`),
    ...fields.map(({ name, value }) => `-H ${shellWord(`${name}: ${value}`)}`),
  ].join(' ');
}
