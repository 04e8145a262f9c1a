import { isIP } from 'node:net';
import type { Resolution } from '../proxy/resolution.ts';
import { UsageError } from './usage-error.ts';

const FORM = /^(\*|\[[^\]]+\]|[^\s:/@[\],]+):(\d{1,5}):(.+)$/;

/** Reads `HOST:PORT:ADDR[,ADDR…]` as curl's --resolve has it; the host may be `*`. */
export function resolution(text: string): Resolution {
  if (/^[+-]/.test(text)) {
    const sign = text[0] === '+' ? 'for entries that time out' : 'for entries to be removed';
    throw wrong(text, `curl's ${text[0]} is ${sign}, and there are none here; leave it out`);
  }
  const [, host = '', digits = '', list = ''] = FORM.exec(text) ?? [];
  const port = Number(digits);
  if (host === '') throw wrong(text, 'not HOST:PORT:ADDRESS');
  if (port < 1 || port > 65_535) throw wrong(text, `${digits} is not a port`);
  return { host: withoutBrackets(host), port, addresses: list.split(',').map((one) => address(one, text)) };
}

function address(written: string, text: string): string {
  const bare = withoutBrackets(written);
  if (isIP(bare) === 0) throw wrong(text, `${JSON.stringify(written)} is not an IP address`);
  return bare;
}

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(
    `--resolve ${text}: ${why}; write for example api.example.com:443:127.0.0.1 or '*:443:[::1]'`,
  );
}
