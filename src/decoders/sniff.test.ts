import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../tap.ts';
import { sniff } from './sniff.ts';

const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'latin1'));

/** `after` is the number of bytes that tell; fewer ask for more. */
const cases = [
  { name: 'TLS 1.0 to 1.3', wire: '\x16\x03\x01\x02\x00\x01', told: 'tls', after: 3 },
  { name: 'TLS as its newest record says', wire: '\x16\x03\x03\x00\x10', told: 'tls', after: 3 },
  { name: 'a handshake of no TLS version', wire: '\x16\x02\x00', told: 'unknown', after: 2 },
  { name: 'a handshake of a version to come', wire: '\x16\x03\x05', told: 'unknown', after: 3 },
  { name: 'SOCKS5', wire: '\x05\x01\x00', told: 'socks5', after: 2 },
  { name: 'SOCKS5 without a method', wire: '\x05\x00', told: 'unknown', after: 2 },
  { name: 'SOCKS4', wire: '\x04\x01\x00\x50', told: 'unknown', after: 1 },
  { name: "HTTP/2's preface", wire: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', told: 'http2', after: 14 },
  { name: 'the method PRI of HTTP/1', wire: 'PRI * HTTP/1.1\r\n', told: 'http1', after: 12 },
  { name: 'a method that begins like the preface', wire: 'PROPFIND / HTTP/1.1', told: 'http1', after: 10 },
  { name: 'GET', wire: 'GET / HTTP/1.1\r\n', told: 'http1', after: 5 },
  { name: 'CONNECT', wire: 'CONNECT host:443 HTTP/1.1\r\n', told: 'http1', after: 9 },
  { name: 'a method of one letter', wire: 'X *', told: 'http1', after: 3 },
  { name: 'a method nobody has', wire: "!#$%&'*+-.^_`|~09aZ http://host/", told: 'http1', after: 21 },
  { name: 'a request behind blank lines', wire: '\r\n\r\nGET / HTTP/1.1', told: 'http1', after: 9 },
  { name: 'nothing but blank lines', wire: '\r\n\r\n\r\n\r\n\r\n', told: 'unknown', after: 9 },
  { name: 'a line of one word', wire: 'PING\r\n', told: 'unknown', after: 5 },
  { name: 'a word and a space', wire: 'GET \r\n', told: 'unknown', after: 5 },
  { name: 'a word too long for a method', wire: `${'A'.repeat(25)} /`, told: 'unknown', after: 25 },
  { name: 'a method as long as may be', wire: `${'A'.repeat(24)} /`, told: 'http1', after: 26 },
  { name: 'JSON', wire: '{"a":1}', told: 'unknown', after: 1 },
  { name: 'MQTT', wire: '\x10\x0c\x00\x04MQTT', told: 'unknown', after: 1 },
  { name: 'SSH', wire: 'SSH-2.0-OpenSSH_9.9\r\n', told: 'unknown', after: 20 },
  { name: 'a space first', wire: ' GET /', told: 'unknown', after: 1 },
] as const;

describe.each(cases)('$name', ({ wire, told, after }) => {
  test(`is ${told}, as soon as that is sure`, () => {
    const bytes = bytesOf(wire);
    for (let length = 0; length <= bytes.length; length++) {
      expect([length, sniff(bytes.subarray(0, length))]).toEqual([length, length < after ? undefined : told]);
    }
    expect(bytes).toEqual(bytesOf(wire));
  });
});

test('any bytes at all: more of them do not change what was told, and 40 always tell', () => {
  const text = fc
    .array(fc.constantFrom('PRI * ', 'HTTP/2.0', 'GET', ' ', '/', '\r', '\n', '\x16\x03', '\x05'))
    .map((parts) => bytesOf(parts.join('')));
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array()), fc.nat(), (bytes, cut) => {
      const early = sniff(bytes.subarray(0, cut % (bytes.length + 1)));
      if (early !== undefined) expect(sniff(bytes)).toBe(early);
      if (bytes.length >= 40) expect(sniff(bytes)).toBeDefined();
    }),
    { numRuns: 500 },
  );
});
