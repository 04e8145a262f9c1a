import type { ReverseOptions } from '../proxy/proxy.ts';
import { UsageError } from './usage-error.ts';

/** What `--reverse` and `--keep-host` ask for; undefined where they do not. */
export function reverseOptions(text: string | undefined, keepHost: boolean): ReverseOptions | undefined {
  if (text !== undefined) return { target: targetUrl(text), keepHost };
  if (keepHost) throw new UsageError('--keep-host: only with --reverse URL, whose requests it is about');
  return undefined;
}

function targetUrl(text: string): URL {
  const target = URL.canParse(text) ? new URL(text) : undefined;
  if (!target || !/^https?:\/\//i.test(text)) throw wrong(text, 'not an http:// or https:// URL');
  if (target.username !== '' || target.password !== '') {
    throw wrong(text, 'a name and password have no place there; let the client send them');
  }
  if (/[?#]/.test(text)) throw wrong(text, 'a query or fragment has no place there');
  return target;
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(`--reverse ${text}: ${why}; write for example https://api.example.com/v1`);
}
