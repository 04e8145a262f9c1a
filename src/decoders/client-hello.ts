/**
 * The first message of TLS, as far as a proxy wants to know it. The reader is our own: the package for it
 * (read-tls-client-hello) takes a stream and gives a promise, while live sockets and capture files alike need a
 * function of bytes.
 */
import type { Bytes } from '../tap.ts';

/** RFC 8446 section 4.1.2. */
export interface ClientHello {
  /** The host that the client asks for (RFC 6066 section 3), where it names one. */
  readonly serverName: string | undefined;
  /** The protocols that it offers (RFC 7301), in its order, GREASE included; each character is a byte (latin1). */
  readonly alpn: readonly string[];
  /** The versions that it offers, in its order, GREASE included; 0x0304 is TLS 1.3. */
  readonly supportedVersions: readonly number[];
  /** Bytes of the records that it came in. */
  readonly length: number;
}

/** Why the bytes begin no ClientHello, in words. */
export interface NoClientHello {
  readonly fault: string;
}

/** What is found in a hello, extension by extension. */
type Extensions = { -readonly [Key in keyof Omit<ClientHello, 'length'>]: ClientHello[Key] };

const RECORD_HEADER = 5;
const HANDSHAKE = 22;
const TLS_MAJOR_VERSION = 3;
/** RFC 8446 section 5.1. */
const MAX_RECORD = 2 ** 14;

const MESSAGE_HEADER = 4;
const CLIENT_HELLO = 1;
/** Tickets and post-quantum key shares make a few KiB; this bounds what a caller may have to hold. */
const MAX_HELLO = 64 * 1024;
/** Clients send one record or a few; each is gone through again at every look. */
const MAX_RECORDS = 64;
const RANDOM = 32;

const SERVER_NAME = 0;
const HOST_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

/** Reads the ClientHello that `bytes` begin; undefined where it is not all there. */
export function readClientHello(bytes: Bytes): ClientHello | NoClientHello | undefined {
  const fragments: Bytes[] = [];
  let gathered = 0;
  let wanted: number | undefined;
  let position = 0;
  while (wanted === undefined || gathered < wanted) {
    const fragment = readRecord(bytes, position);
    if (fragment === undefined || 'fault' in fragment) return fragment;
    fragments.push(fragment);
    if (fragments.length > MAX_RECORDS) return { fault: `a ClientHello in more than ${MAX_RECORDS} records` };
    gathered += fragment.length;
    position += RECORD_HEADER + fragment.length;
    const first = fragments[0]?.[0];
    if (first !== CLIENT_HELLO) return { fault: `a handshake message of type ${first}` };
    if (gathered >= MESSAGE_HEADER) wanted ??= messageLength(Buffer.concat(fragments));
    if (wanted !== undefined && wanted > MAX_HELLO) return { fault: `a ClientHello of ${wanted} bytes` };
  }
  const hello = readHello(new Cursor(Buffer.concat(fragments).subarray(MESSAGE_HEADER, wanted)));
  return hello ? { ...hello, length: position } : { fault: 'a ClientHello whose lengths do not fit' };
}

/** The fragment of a message in the record at `start` (RFC 8446 section 5.1); undefined where it is not all there. */
function readRecord(bytes: Bytes, start: number): Bytes | NoClientHello | undefined {
  const type = bytes[start];
  const major = bytes[start + 1];
  if (type !== undefined && type !== HANDSHAKE) return { fault: `a TLS record of type ${type}` };
  if (major !== undefined && major !== TLS_MAJOR_VERSION)
    return { fault: `a TLS record of version ${major}` };
  const high = bytes[start + 3];
  const low = bytes[start + 4];
  if (high === undefined || low === undefined) return undefined;
  const length = high * 256 + low;
  if (length === 0 || length > MAX_RECORD) return { fault: `a TLS record of ${length} bytes` };
  const end = start + RECORD_HEADER + length;
  return bytes.length < end ? undefined : bytes.subarray(start + RECORD_HEADER, end);
}

/** Bytes of a handshake message, its header included (RFC 8446 section 4). */
function messageLength(header: Bytes): number {
  return MESSAGE_HEADER + new Cursor(header.subarray(1, MESSAGE_HEADER)).number(3);
}

/** The fields in the order of RFC 8446 section 4.1.2; undefined where a length points beyond its end. */
function readHello(hello: Cursor): Omit<ClientHello, 'length'> | undefined {
  const version = hello.number(2);
  hello.take(RANDOM);
  hello.vector(1); // session id
  hello.vector(2); // cipher suites
  hello.vector(1); // compression methods
  const found: Extensions = { serverName: undefined, alpn: [], supportedVersions: [version] };
  // Clients of TLS 1.0 may end here.
  if (!hello.isAtEnd()) readExtensions(hello.vector(2), found);
  return hello.isIntact() ? found : undefined;
}

function readExtensions(extensions: Cursor, found: Extensions): void {
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const extension = extensions.vector(2);
    if (type === SERVER_NAME) found.serverName = readServerName(extension.vector(2));
    else if (type === ALPN) found.alpn = readProtocols(extension.vector(2));
    else if (type === SUPPORTED_VERSIONS) found.supportedVersions = readVersions(extension.vector(1));
  }
}

/** RFC 6066 section 3. */
function readServerName(names: Cursor): string | undefined {
  while (!names.isAtEnd()) {
    const type = names.number(1);
    const name = names.text(2);
    if (type === HOST_NAME && name !== '') return name;
  }
  return undefined;
}

/** RFC 7301 section 3.1. */
function readProtocols(names: Cursor): string[] {
  const protocols: string[] = [];
  while (!names.isAtEnd()) protocols.push(names.text(1));
  return protocols;
}

/** RFC 8446 section 4.2.1. */
function readVersions(numbers: Cursor): number[] {
  const versions: number[] = [];
  while (!numbers.isAtEnd()) versions.push(numbers.number(2));
  return versions;
}

/** Reads on through bytes. Beyond their end it reads zeros, and they and what they are part of are not intact. */
class Cursor {
  readonly #bytes: Bytes;
  readonly #damage: { isDone: boolean };
  #position = 0;

  constructor(bytes: Bytes, damage = { isDone: false }) {
    this.#bytes = bytes;
    this.#damage = damage;
  }

  isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  isIntact(): boolean {
    return !this.#damage.isDone;
  }

  take(length: number): Bytes {
    const taken = this.#bytes.subarray(this.#position, this.#position + length);
    this.#position += taken.length;
    if (taken.length < length) this.#damage.isDone = true;
    return taken;
  }

  /** A number of `width` bytes. */
  number(width: number): number {
    return this.take(width).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** What stands behind its length, a number of `width` bytes. */
  vector(width: number): Cursor {
    return new Cursor(this.take(this.number(width)), this.#damage);
  }

  /** A vector as text, each byte a character. */
  text(width: number): string {
    return Buffer.from(this.take(this.number(width))).toString('latin1');
  }
}
