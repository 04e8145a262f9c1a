import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** What a certificate for one host has to name. */
export interface SubjectNames {
  readonly type: 'dns' | 'ip';
  /** The host as certificates write it: two ways to write one host give the same. */
  readonly host: string;
  /** All the names, `host` first. */
  readonly names: readonly string[];
}

/** RFC 1035 section 2.3.4, without the final dot. */
const MAX_NAME = 253;

/** Letters, digits and hyphens (RFC 5890 section 2.3.1), and the underscore that is met in practice. */
const DNS_NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * The names for `host`: a DNS name, an internationalised one, one with a wildcard for its first label, or an IP address
 * (with or without brackets or zone). Undefined where no certificate can name it.
 */
export function subjectNames(host: string): SubjectNames | undefined {
  const name = asciiName(host);
  const address = canonicalAddress(name);
  if (address !== undefined) return { type: 'ip', host: address, names: [address] };
  if (name.length > MAX_NAME || !DNS_NAME.test(name)) return undefined;
  return { type: 'dns', host: name, names: [name, ...coveringWildcard(name)] };
}

/** An IPv6 address has many spellings; the URL standard's is one of groups only, also for `::ffff:192.0.2.1`. */
function canonicalAddress(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const version = isIP(bare);
  if (version === 0) return undefined;
  return version === 4 ? bare : new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

/**
 * Lower case, punycode, no final dot. An ASCII name is not parsed, since servers exist whose names no standard allows;
 * nor is one with signs that mean something in a URL, of which only a part would come back.
 */
function asciiName(host: string): string {
  const ascii =
    /[^\x00-\x7f]/.test(host) && !/[/?#@:%\\\s]/.test(host) ? domainToASCII(host) : host.toLowerCase();
  return ascii.replace(/\.$/, '');
}

/**
 * Chromium refuses a name with an underscore which stands in the certificate as it is, but takes it under a wildcard.
 * A wildcard directly under a top-level domain covers nothing.
 */
function coveringWildcard(name: string): string[] {
  const [first = '', ...parent] = name.split('.');
  return first.includes('_') && parent.length >= 2 ? [`*.${parent.join('.')}`] : [];
}
