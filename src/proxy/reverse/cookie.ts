import { clientPath, type ReverseOrigin } from './origin.ts';

/** Names that promise a `Secure` (RFC 6265bis section 4.1.3): without it such a cookie is refused for certain. */
const SECURE_NAME = /^\s*__(?:host|secure)-/i;

/**
 * A `Set-Cookie` of the origin's that the client keeps for tare: without a `Domain` that is the origin's, its `Path`
 * without the origin's base path. An https origin's is without `Secure`, and without what needs that (`SameSite=None`,
 * `Partitioned`): the client speaks plain http to tare and would not send it. All else stays as it is.
 */
export function clientCookie(value: string, origin: ReverseOrigin): string {
  const [pair = '', ...attributes] = value.split(';');
  const losesSecure = origin.isTls && !SECURE_NAME.test(pair);
  const kept = attributes.flatMap((attribute) => {
    const [name, word] = nameAndValue(attribute);
    if (name === 'domain') return isOriginDomain(word, origin) ? [] : [attribute];
    if (name === 'path') return [withClientPath(attribute, word, origin)];
    const needsSecure =
      name === 'secure' || name === 'partitioned' || (name === 'samesite' && word.toLowerCase() === 'none');
    return losesSecure && needsSecure ? [] : [attribute];
  });
  return [pair, ...kept].join(';');
}

/** The name in lower case. */
function nameAndValue(attribute: string): readonly [string, string] {
  const equals = attribute.indexOf('=');
  if (equals < 0) return [attribute.trim().toLowerCase(), ''];
  return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

/** The origin's host, or a domain it is in (RFC 6265 section 5.1.3). */
function isOriginDomain(domain: string, { server }: ReverseOrigin): boolean {
  const named = domain.replace(/^\./, '').toLowerCase();
  const host = server.host.toLowerCase();
  return host === named || host.endsWith(`.${named}`);
}

function withClientPath(attribute: string, path: string, origin: ReverseOrigin): string {
  const asked = path.startsWith('/') ? clientPath(origin, path) : undefined;
  return asked === undefined ? attribute : attribute.slice(0, attribute.indexOf('=') + 1) + asked;
}
