import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ipv4, tcp } from '../testing/network-packets.ts';
import { readIpPacket } from './ip-packet.ts';
import { ACK, FIN, readTcpSegment, SYN } from './tcp-segment.ts';

function read(bytes: Uint8Array, wireLength = bytes.length) {
  const packet = readIpPacket(bytes, 0, wireLength);
  return packet && readTcpSegment(packet);
}

test('a segment is read as it is, with its options counted as header', () => {
  const recipe = {
    sourcePort: 1,
    destinationPort: 65_535,
    seq: 0xfffffffe,
    ack: 5,
    flags: 'SFA',
    options: 12,
    payload: 'hello',
  };
  const segment = read(ipv4(tcp(recipe)))!;
  expect(segment).toMatchObject({
    sourcePort: 1,
    destinationPort: 65_535,
    seq: -2,
    ack: 5,
    flags: SYN | FIN | ACK,
    header: 32,
    length: 5,
  });
  expect(Buffer.from(segment.bytes).toString()).toBe('hello');
});

test('of one that was captured in part the length is the one on the wire', () => {
  const whole = ipv4(tcp({ payload: 'hello' }));
  const segment = read(whole.subarray(0, 42), whole.length)!;
  expect(segment).toMatchObject({ length: 5 });
  expect(Buffer.from(segment.bytes).toString()).toBe('he');
});

test('the control bits are the last that has to be captured', () => {
  const whole = ipv4(tcp({ options: 12, payload: 'hello' }));
  expect(read(whole.subarray(0, 34), whole.length)).toMatchObject({
    header: 32,
    length: 5,
  });
  expect(read(whole.subarray(0, 33), whole.length)).toBeUndefined();
});

test('a header that is too short, or longer than the packet, is none', () => {
  const short = tcp();
  short[12] = 0x40;
  const long = tcp();
  long[12] = 0x60;
  expect(read(ipv4(short))).toBeUndefined();
  expect(read(ipv4(long))).toBeUndefined();
});

test('any bytes never throw, and the capture has no more of a segment than there was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(100), (bytes, length) => {
      const segment = read(ipv4(bytes, { length: 20 + length }), 20 + bytes.length);
      if (segment) expect(segment.bytes.length).toBeLessThanOrEqual(segment.length);
    }),
  );
});
