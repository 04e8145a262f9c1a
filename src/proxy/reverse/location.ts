import { authorityEndpoint } from '../endpoint.ts';
import { clientPath, type ReverseOrigin } from './origin.ts';

const WITH_AUTHORITY = /^(?:(https?):)?\/\/([^/?#]*)(.*)$/is;

/**
 * A `Location` or `Content-Location` of the origin's as the client can use it: what is on the origin is asked of tare, by
 * the Host the client knows it by and without the origin's base path; everything else stays as it is. A path of the
 * origin's outside its base, which no request through tare gets to, leads to the origin itself.
 */
export function clientLocation(value: string, origin: ReverseOrigin, clientHost: string | undefined): string {
  const match = WITH_AUTHORITY.exec(value);
  if (!match) return value.startsWith('/') ? (clientPath(origin, value) ?? origin.url + value) : value;
  const [, scheme, authority = '', path = ''] = match;
  const names = { scheme: scheme?.toLowerCase(), authority };
  const isToTare = isClientHost(clientHost, origin, names);
  if (!isOrigin(origin, names) && !isToTare) return value;
  const asked = clientPath(origin, path.startsWith('/') ? path : `/${path}`);
  if (asked === undefined) return isToTare ? origin.url + path : value;
  return clientHost === undefined ? asked : `http://${clientHost}${asked}`;
}

interface Named {
  /** Undefined where it is the scheme of the page itself. */
  readonly scheme: string | undefined;
  readonly authority: string;
}

/**
 * True when this is the origin. One behind TLS may believe that it is spoken to without (`http://` and no port); but an
 * http origin that sends its clients to `https://` means another server, and to bring them back would go round for ever.
 */
function isOrigin({ server, isTls }: ReverseOrigin, { scheme, authority }: Named): boolean {
  const isToTls = scheme === undefined ? isTls : scheme === 'https';
  const named = authorityEndpoint(authority, isToTls ? 443 : 80);
  if (!named || named.host.toLowerCase() !== server.host.toLowerCase()) return false;
  const forgetsTls = isTls && !isToTls && server.port === 443 && named.port === 80;
  return named.port === server.port || forgetsTls;
}

/** True when this is tare as the client knows it, which the origin learns of with `--keep-host`, but not that it lacks TLS. */
function isClientHost(
  clientHost: string | undefined,
  { isTls }: ReverseOrigin,
  { scheme, authority }: Named,
): boolean {
  return (isTls || scheme !== 'https') && authority.toLowerCase() === clientHost?.toLowerCase();
}
