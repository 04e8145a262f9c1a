import type { Bytes } from '../tap.ts';

/** What a client's first bytes begin. */
export type Sniffed = 'tls' | 'http1' | 'http2' | 'socks5' | 'unknown';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const DELETE = 0x7f;

/** RFC 9110 section 5.6.2. */
const TOKEN_CHARACTERS: ReadonlySet<number> = new Set(
  Buffer.from("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
);

/** TLS's record type for a handshake (RFC 8446 section 5.1), which a ClientHello comes in. */
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 0x03;
const TLS_LAST_MINOR_VERSION = 0x04;

/** RFC 1928 section 3. */
const SOCKS5_VERSION = 0x05;

/** The beginning of HTTP/2's preface that no HTTP/1 request can have (RFC 9113 section 3.4). */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0');

/** Longer than any method in IANA's registry, `UPDATEREDIRECTREF`. */
const MAX_METHOD = 24;
/** Servers read over blank lines before a request (RFC 9112 section 2.2); a few. */
const MAX_BLANK = 8;

/** What `bytes`, the first that a client sent, begin; undefined where that takes more of them. */
export function sniff(bytes: Bytes): Sniffed | undefined {
  const [first, second, third] = bytes;
  if (first === undefined) return undefined;
  if (first === TLS_HANDSHAKE) return sniffTls(second, third);
  if (first === SOCKS5_VERSION) return sniffSocks(second);
  if (beginsPreface(bytes)) return bytes.length < HTTP2_PREFACE.length ? undefined : 'http2';
  return sniffHttp1(bytes);
}

function sniffTls(major: number | undefined, minor: number | undefined): Sniffed | undefined {
  if (major === undefined) return undefined;
  if (major !== TLS_MAJOR_VERSION) return 'unknown';
  if (minor === undefined) return undefined;
  return minor <= TLS_LAST_MINOR_VERSION ? 'tls' : 'unknown';
}

/** A SOCKS client offers one way to authenticate at least. */
function sniffSocks(methods: number | undefined): Sniffed | undefined {
  if (methods === undefined) return undefined;
  return methods > 0 ? 'socks5' : 'unknown';
}

function beginsPreface(bytes: Bytes): boolean {
  const length = Math.min(bytes.length, HTTP2_PREFACE.length);
  for (let index = 0; index < length; index++) {
    if (bytes[index] !== HTTP2_PREFACE[index]) return false;
  }
  return true;
}

/** A method, a space, and the first character of a target (RFC 9112 section 3). */
function sniffHttp1(bytes: Bytes): Sniffed | undefined {
  let start = 0;
  while (start < MAX_BLANK && (bytes[start] === CR || bytes[start] === LF)) start++;
  let end = start;
  while (end - start < MAX_METHOD && TOKEN_CHARACTERS.has(bytes[end] ?? SPACE)) end++;
  if (end === bytes.length) return undefined;
  if (end === start || bytes[end] !== SPACE) return 'unknown';
  const target = bytes[end + 1];
  if (target === undefined) return undefined;
  return target > SPACE && target !== DELETE ? 'http1' : 'unknown';
}
