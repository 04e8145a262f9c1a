import type { Endpoint } from '../../tap.ts';
import { authorityEndpoint } from '../endpoint.ts';
import type { ReverseOptions } from '../proxy.ts';

/** The server that reverse mode puts behind the proxy. */
export interface ReverseOrigin {
  readonly server: Endpoint;
  readonly isTls: boolean;
  /** As a `Host` field has it: without the scheme's own port. */
  readonly authority: string;
  /** As an `Origin` field has it. */
  readonly url: string;
  /** The path that all of its resources begin with, without a slash at its end; '' where there is none. */
  readonly base: string;
  /** Leave `Host` as the client sent it. */
  readonly keepHost: boolean;
}

export function reverseOrigin({ target, keepHost }: ReverseOptions): ReverseOrigin {
  const isTls = target.protocol === 'https:';
  const server = authorityEndpoint(target.host, isTls ? 443 : 80);
  if (!server) throw new Error(`${target.href} names no server`);
  return {
    server,
    isTls,
    authority: target.host,
    url: `${target.protocol}//${target.host}`,
    base: target.pathname.replace(/\/+$/, ''),
    keepHost,
  };
}

/** Where the origin has what a client asks for as `path`, a target in origin-form; `*` is all of the server (RFC 9110 section 9.3.7). */
export function originPath(origin: ReverseOrigin, path: string): string {
  return path === '*' ? path : origin.base + path;
}

/** What a client asks for to get what the origin has as `path`; undefined where no request of it gets there. */
export function clientPath(origin: ReverseOrigin, path: string): string | undefined {
  const { base } = origin;
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') || rest.startsWith('#') ? `/${rest}` : undefined;
}
