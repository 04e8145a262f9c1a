import { createHash } from 'node:crypto';
import { addressBytes } from './ip-address.ts';

/** Where a synthesised packet comes from and goes to: 4 bytes each, or 16. */
export interface AddressPair {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** A host of a connection, and the IP address it was found at, where that is known. */
export interface Place {
  readonly host: string;
  readonly address: string | undefined;
}

/**
 * Gives both ends of a connection addresses of one family. What has none gets one of those that are kept for documentation, the
 * same each time: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), then 2001:db8::/32 (RFC 3849).
 */
export class SyntheticAddresses {
  /** At most as many as there are IPv4 addresses to give. */
  readonly #given = new Map<string, Uint8Array>();

  /** The addresses that packets between `client` and `server` have; an IPv4 one is mapped into IPv6 where the other is IPv6. */
  pair(client: Place, server: Place): AddressPair {
    const from = this.#addressOf(client);
    const to = this.#addressOf(server);
    return from.length === to.length
      ? { client: from, server: to }
      : { client: mapped(from), server: mapped(to) };
  }

  #addressOf({ host, address }: Place): Uint8Array {
    return (
      plainBytes(address ?? host) ?? (host === '' ? UNSPECIFIED : (this.#given.get(host) ?? this.#give(host)))
    );
  }

  #give(host: string): Uint8Array {
    const number = this.#given.size;
    const network = DOCUMENTATION[Math.floor(number / HOSTS)];
    if (!network) return beyondIPv4(host);
    const address = Uint8Array.of(...network, 1 + (number % HOSTS));
    this.#given.set(host, address);
    return address;
  }
}

/** An IPv4 address that is mapped into IPv6, as a listener for both families has it, is one. */
function plainBytes(text: string): Uint8Array | undefined {
  const bytes = addressBytes(text);
  return bytes?.length === 16 && MAPPED.every((byte, index) => bytes[index] === byte)
    ? bytes.subarray(12)
    : bytes;
}

/** An address that says "none". */
const UNSPECIFIED = new Uint8Array(4);

const DOCUMENTATION = [
  [192, 0, 2],
  [198, 51, 100],
  [203, 0, 113],
];

/** Hosts of a network of 256 addresses. */
const HOSTS = 254;

/** ::ffff:0:0/96 (RFC 4291 section 2.5.5.2) */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function mapped(address: Uint8Array): Uint8Array {
  return address.length === 16 ? address : Uint8Array.of(...MAPPED, ...address);
}

/** Nothing needs to be remembered of these: 96 bits of a digest do not meet by chance. */
function beyondIPv4(host: string): Uint8Array {
  const digest = createHash('sha256').update(host).digest();
  return Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, ...digest.subarray(0, 12));
}
