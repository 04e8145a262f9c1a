import { describe, expect, test } from 'vitest';
import { BlockMemory } from './block-memory.ts';
import { addressBytes } from './ip-address.ts';
import { SyntheticTcp } from './synthetic-tcp.ts';
import { ACK, FIN, RST, SYN } from './tcp-segment.ts';

const IPV4 = { client: addressBytes('192.0.2.1')!, server: addressBytes('198.51.100.2')! };
const IPV6 = { client: addressBytes('2001:db8::1')!, server: addressBytes('2001:db8::2')! };
const PORTS = { clientPort: 0xc350, serverPort: 80 };
const NOTHING = new Uint8Array();

const slab = new BlockMemory().room(100_000);

/** The packet, as it lies between other bytes. */
function packet(
  tcp: SyntheticTcp,
  from: 'client' | 'server',
  flags: number,
  payload: Uint8Array = NOTHING,
): Buffer {
  const length = tcp.length(flags, payload.length);
  slab.bytes.fill(0xee, 0, length + 100);
  tcp.write(slab, 8, from, flags, payload, 0, payload.length);
  return Buffer.from(slab.bytes.subarray(8, 8 + length));
}

/** RFC 1071 section 1: what adds up to nothing is sound. */
function addsUp(bytes: Buffer): boolean {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += bytes[index]! * 256 + (bytes[index + 1] ?? 0);
  return sum > 0 && sum % 0xffff === 0;
}

/** With the pseudo-header of RFC 9293 section 3.1, or of RFC 8200 section 8.1. */
function isSound(bytes: Buffer): boolean {
  const isIPv4 = bytes[0]! >>> 4 === 4;
  const header = isIPv4 ? 20 : 40;
  const tcp = bytes.subarray(header);
  const pseudo = Buffer.concat([
    bytes.subarray(isIPv4 ? 12 : 8, header),
    Buffer.from([0, 6, tcp.length >>> 8, tcp.length & 0xff]),
  ]);
  return addsUp(Buffer.concat([pseudo, tcp])) && (!isIPv4 || addsUp(bytes.subarray(0, 20)));
}

describe('a packet', () => {
  test('over IPv4 is what RFC 791 and RFC 9293 say', () => {
    const tcp = new SyntheticTcp({ ...IPV4, ...PORTS }, 0);
    const bytes = packet(tcp, 'client', SYN);
    bytes.fill(0, 10, 12).fill(0, 36, 38); // the checksums
    expect(bytes.toString('hex')).toBe(
      [
        '45000030 00004000 40060000',
        'c0000201',
        'c6336402',
        'c3500050 00000000 00000000 7002ffff 00000000 0204ffd7 0103030e',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('over IPv6 is what RFC 8200 and RFC 9293 say', () => {
    const tcp = new SyntheticTcp({ ...IPV6, ...PORTS }, 0);
    tcp.skip('server', 5 - 0x5bd1_e995);
    const bytes = packet(tcp, 'server', ACK | FIN, Buffer.from('abc'));
    bytes.fill(0, 56, 58);
    expect(bytes.toString('hex')).toBe(
      [
        '60000000 00170640',
        '20010db8000000000000000000000002',
        '20010db8000000000000000000000001',
        '0050c350 00000005 00000000 5011ffff 00000000 616263',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test.each([
    { name: 'IPv4', ends: IPV4 },
    { name: 'IPv6', ends: IPV6 },
  ])('over $name has sound checksums, whatever it holds', ({ ends }) => {
    const tcp = new SyntheticTcp({ ...ends, ...PORTS }, 12_345);
    for (const flags of [SYN, SYN | ACK, ACK, RST | ACK])
      expect(isSound(packet(tcp, 'server', flags))).toBe(true);
    for (const length of [1, 2, 3, 4, 5, 127, 1_460, 65_000]) {
      const payload = Uint8Array.from({ length }, (_, index) => 255 - ((index * 31) % 256));
      const bytes = packet(tcp, 'client', ACK, payload);
      expect(isSound(bytes)).toBe(true);
      expect(bytes.subarray(-length).equals(payload)).toBe(true);
    }
  });

  test('is filled up with zeros, and nothing else is written', () => {
    packet(new SyntheticTcp({ ...IPV4, ...PORTS }, 1), 'client', ACK, Buffer.from('hello'));
    expect(slab.bytes.subarray(0, 8)).toEqual(Buffer.alloc(8, 0xee));
    expect(slab.bytes.subarray(8 + 45, 8 + 49)).toEqual(Buffer.from([0, 0, 0, 0xee]));
  });
});

test('sequence numbers go on from 2^32 - 1 with 0', () => {
  const tcp = new SyntheticTcp({ ...IPV4, ...PORTS }, 0);
  tcp.skip('client', -2);
  const numbers = ['client', 'client', 'server'].map((from) => {
    const bytes = packet(tcp, from === 'client' ? 'client' : 'server', ACK, Buffer.from('abcd'));
    return [bytes.readUInt32BE(24), bytes.readUInt32BE(28)].map((number) => number.toString(16));
  });
  expect(numbers).toEqual([
    ['fffffffe', '5bd1e995'],
    ['2', '5bd1e995'],
    ['5bd1e995', '6'],
  ]);
});
