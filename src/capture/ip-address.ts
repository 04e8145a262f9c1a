import { isIPv4, isIPv6 } from 'node:net';

const IPV4_LENGTH = 4;
const IPV6_LENGTH = 16;
const GROUPS = 8;

/** What IPv4 addresses written as IPv6 ones begin with (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = '0:0:0:0:0:ffff:';

/** The address that 4 or 16 bytes are, as text: IPv6 in the form of RFC 5952, which Node's sockets have too. */
export function addressText(bytes: Readonly<Uint8Array>): string {
  if (bytes.length === IPV4_LENGTH) return Array.from(bytes).join('.');
  const groups = Array.from(
    { length: GROUPS },
    (_, index) => (bytes[2 * index]! << 8) | bytes[2 * index + 1]!,
  );
  const text = groups.map((group) => group.toString(16)).join(':');
  if (text.startsWith(MAPPED_PREFIX)) return `::ffff:${addressText(bytes.subarray(12))}`;
  return withoutZeros(text, groups);
}

/** The 4 or 16 bytes of an address, a zone left out; undefined when it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text)) return undefined;
  const bytes = new Uint8Array(IPV6_LENGTH);
  const [before, after] = text.replace(/%.*/, '').split('::');
  const first = groupBytes(before!);
  const last = groupBytes(after ?? '');
  bytes.set(first);
  bytes.set(last, IPV6_LENGTH - last.length);
  return bytes;
}

/** `::` for the longest run of two zero groups or more, the first of equal ones (RFC 5952 section 4.2). */
function withoutZeros(text: string, groups: readonly number[]): string {
  let start = 0;
  let length = 1;
  for (let index = 0; index < GROUPS; index++) {
    let end = index;
    while (groups[end] === 0) end++;
    if (end - index > length) [start, length] = [index, end - index];
  }
  if (length < 2) return text;
  const parts = text.split(':');
  return `${parts.slice(0, start).join(':')}::${parts.slice(start + length).join(':')}`;
}

/** Bytes of groups with colons between them, the last perhaps an IPv4 address. */
function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}
