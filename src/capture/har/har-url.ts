import { isIP } from 'node:net';
import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';

/** What of a URL a request line and a Host field are made of. */
export interface UrlParts {
  readonly isSecure: boolean;
  /** As it stands there, without user information. */
  readonly authority: string;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** In origin-form; only characters that a target may have. */
  readonly target: string;
}

const URL = /^(https?|wss?):\/\/([^/?#]*)([^#]*)/i;
const AUTHORITY = /^(\[[0-9A-Fa-f:.%]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/** Reads a URL of HTTP or WebSocket; undefined for any other. */
export function readUrl(url: string): UrlParts | undefined {
  const [, scheme, userAuthority, rest] = URL.exec(url) ?? [];
  if (scheme === undefined || userAuthority === undefined || rest === undefined) return undefined;
  const authority = userAuthority.slice(userAuthority.lastIndexOf('@') + 1);
  const [, host, digits] = AUTHORITY.exec(authority) ?? [];
  if (host === undefined || !isVisible(authority)) return undefined;
  const isSecure = /^(https|wss)$/i.test(scheme);
  const port = digits === undefined ? (isSecure ? 443 : 80) : Number(digits);
  if (port > 0xffff) return undefined;
  const target = visible(rest.startsWith('/') ? rest : `/${rest}`);
  return { isSecure, authority, host: host.replace(/^\[|\]$/g, ''), port, target };
}

/**
 * The URL of an exchange as browsers write it: of a WebSocket `ws:` or `wss:`, and what a URL may not have in it as `%xx`.
 * `host` is as the client named it.
 */
export function urlOf(exchange: Exchange, connection: Connection | undefined, host: string): string {
  const isSecure = connection?.facts?.tls !== undefined;
  const scheme = exchange.protocol === 'websocket' ? 'ws' : 'http';
  const target = exchange.request?.target ?? '/';
  const absolute = readUrl(target);
  if (absolute) return `http${absolute.isSecure ? 's' : ''}://${absolute.authority}${inUrl(absolute.target)}`;
  const path = target.startsWith('/') ? target : `/${target}`;
  return `${scheme}${isSecure ? 's' : ''}://${authorityOf(host, connection)}${inUrl(path)}`;
}

function authorityOf(host: string, connection: Connection | undefined): string {
  if (AUTHORITY.test(host) && /^[\w.:[\]-]+$/.test(host)) return host;
  const { server } = connection ?? {};
  const name = server?.host ?? '';
  if (isIP(name) === 6) return `[${name}]:${server?.port}`;
  return /^[\w.-]+$/.test(name) ? `${name}:${server?.port}` : 'unknown.invalid';
}

/** Latin-1 as it stands in a URL: RFC 3986's characters, and all else as `%xx`, a `%` that begins none included. */
function inUrl(text: string): string {
  return text.replace(/%(?![0-9A-Fa-f]{2})|[^\w.~!$&'()*+,;=:@/?%-]/g, (character) => percent(character));
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** What a target may not have (RFC 9112 section 3.2) as UTF-8 in `%xx`. */
function visible(text: string): string {
  if (isVisible(text)) return text;
  return Array.from(text, (character) => (isVisible(character) ? character : utf8Percent(character))).join(
    '',
  );
}

function isVisible(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

function utf8Percent(character: string): string {
  return Array.from(Buffer.from(character), (byte) => percent(String.fromCharCode(byte))).join('');
}
