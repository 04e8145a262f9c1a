import type { Endpoint } from '../tap.ts';

/** The endpoint of an authority: `host:port`, `[::1]:443`, or an IPv6 address that some clients leave bare. */
export function authorityEndpoint(authority: string, defaultPort?: number): Endpoint | undefined {
  const withoutUser = authority.slice(authority.lastIndexOf('@') + 1);
  const match = AUTHORITY.exec(withoutUser);
  if (!match) return undefined;
  const host = match[1] ?? match[2] ?? '';
  const port = match[3] ? Number(match[3]) : defaultPort; // a port may be empty (RFC 3986 section 3.2.3)
  if (host === '' || port === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** In brackets; or bare, where the last colon is before the port. */
const AUTHORITY = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s/?#[\]]*?))(?::(\d{0,5}))?$/;

/** What an absolute-form target names (RFC 9112 section 3.2.2). */
export interface AbsoluteTarget {
  readonly scheme: string;
  readonly authority: string;
  /** The same resource in origin-form; '/' where the target has no path, '*' for OPTIONS of a whole server. */
  readonly path: string;
}

/** Splits `http://host:port/path?query`; undefined when `target` is not in absolute-form. */
export function absoluteTarget(method: string, target: string): AbsoluteTarget | undefined {
  const colon = target.indexOf('://');
  if (colon < 1 || target.startsWith('/')) return undefined;
  const start = colon + 3;
  const end = authorityEnd(target, start);
  const rest = target.slice(end);
  return {
    scheme: target.slice(0, colon).toLowerCase(),
    authority: target.slice(start, end),
    path: rest.startsWith('/') ? rest : rest === '' && method === 'OPTIONS' ? '*' : `/${rest}`,
  };
}

function authorityEnd(target: string, start: number): number {
  for (let index = start; index < target.length; index++) {
    const character = target.charCodeAt(index);
    if (character === 0x2f || character === 0x3f || character === 0x23) return index; // '/', '?', '#'
  }
  return target.length;
}
