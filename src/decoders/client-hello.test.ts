import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, createSecureContext, TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../tap.ts';
import { readClientHello } from './client-hello.ts';

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** The two ends of a connection without a network. */
function pipe(): [Duplex, Duplex] {
  const ends: [Duplex, Duplex] = [end(() => ends[1]), end(() => ends[0])];
  return ends;
}

function end(other: () => Duplex): Duplex {
  return new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      other().push(chunk);
      done();
    },
  });
}

/** What Node's TLS client says first. */
async function helloOf(options: ConnectionOptions): Promise<Bytes> {
  const [near, far] = pipe();
  const client = connect({ ...options, socket: near });
  client.on('error', () => {});
  const pieces: Buffer[] = [];
  far.on('data', (piece) => pieces.push(piece));
  await once(far, 'data');
  client.destroy();
  return Uint8Array.from(Buffer.concat(pieces));
}

/** A session with a ticket, from a server that needs no certificate: anonymous key exchange. */
async function sessionWithTicket(): Promise<Buffer> {
  const [near, far] = pipe();
  const anonymous = { ciphers: 'AECDH-AES256-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;
  const server = new TLSSocket(far, { isServer: true, secureContext: createSecureContext(anonymous) });
  server.on('error', () => {});
  const client = connect({
    ...anonymous,
    socket: near,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  client.on('error', () => {});
  const [session] = await once(client, 'session');
  client.destroy();
  return session;
}
/** The message in a hello's records. */
function messageIn(hello: Bytes): Bytes {
  const fragments: Bytes[] = [];
  for (let start = 0; start < hello.length; ) {
    const end = start + 5 + hello[start + 3]! * 256 + hello[start + 4]!;
    fragments.push(hello.subarray(start + 5, end));
    start = end;
  }
  return Buffer.concat(fragments);
}

/** The same hello in records of these sizes, and of the largest there is to its end. */
function inRecords(hello: Bytes, sizes: readonly number[]): Bytes {
  const message = messageIn(hello);
  const records: Bytes[] = [];
  for (let start = 0, index = 0; start < message.length; index++) {
    const fragment = message.subarray(start, start + (sizes[index] ?? 16_384));
    records.push(Uint8Array.of(22, 3, 1, fragment.length >> 8, fragment.length & 0xff), fragment);
    start += fragment.length;
  }
  return Buffer.concat(records);
}

const manyProtocols = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(200, '-'));

const hellos = [
  {
    name: 'with a name and protocols',
    options: { servername: 'example.org', ALPNProtocols: ['h2', 'http/1.1'] },
    told: { serverName: 'example.org', alpn: ['h2', 'http/1.1'], supportedVersions: [0x0304, 0x0303] },
  },
  {
    name: 'without either',
    options: {},
    told: { serverName: undefined, alpn: [], supportedVersions: [0x0304, 0x0303] },
  },
  {
    name: 'of TLS 1.2, whose version is in no extension',
    options: { maxVersion: 'TLSv1.2', servername: 'a_b.example' },
    told: { serverName: 'a_b.example', alpn: [], supportedVersions: [0x0303] },
  },
  {
    name: 'with a protocol that is no text',
    options: { ALPNProtocols: Uint8Array.of(2, 0x8a, 0x8a, 1, 0x78) },
    told: { serverName: undefined, alpn: ['\x8a\x8a', 'x'], supportedVersions: [0x0304, 0x0303] },
  },
  {
    name: 'of several records, as OpenSSL cuts them',
    options: { servername: 'example.org', ALPNProtocols: manyProtocols },
    told: { serverName: 'example.org', alpn: manyProtocols, supportedVersions: [0x0304, 0x0303] },
  },
  {
    name: 'with a session ticket',
    options: { maxVersion: 'TLSv1.2', session: await sessionWithTicket(), servername: 'example.org' },
    told: { serverName: 'example.org', alpn: [], supportedVersions: [0x0303] },
  },
] as const;

describe.each(hellos)('a hello $name', async ({ options, told }) => {
  const bytes = await helloOf(options as ConnectionOptions);

  test('is read, with what comes behind it left alone', () => {
    expect(readClientHello(bytes)).toEqual({ ...told, length: bytes.length });
    expect(readClientHello(Buffer.concat([bytes, hex('14 0303 0001 01')]))).toEqual({
      ...told,
      length: bytes.length,
    });
  });

  test('wants more until all of it is there, and leaves the bytes as they were', () => {
    const before = bytes.slice();
    const step = Math.ceil(bytes.length / 500);
    for (let length = 0; length < bytes.length; length += step) {
      expect(readClientHello(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(Buffer.compare(bytes, before)).toBe(0);
  });

  test('is the same in any records', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 })), (sizes) => {
        const records = inRecords(bytes, sizes);
        expect(readClientHello(records)).toEqual({ ...told, length: records.length });
        expect(readClientHello(records.subarray(0, -1))).toBeUndefined();
      }),
    );
  });
});

/** A ClientHello of TLS 1.2 with one cipher suite, and this at its end. */
const hello = (rest: string): Bytes => {
  const body = Buffer.concat([hex(`0303 ${'00'.repeat(32)} 00 0002 1301 01 00`), hex(rest)]);
  const header = Uint8Array.of(22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length);
  return Buffer.concat([header, body]);
};

test.each([
  {
    name: 'without extensions',
    rest: '',
    told: { serverName: undefined, alpn: [], supportedVersions: [0x0303] },
  },
  { name: 'with none', rest: '0000', told: { serverName: undefined, alpn: [], supportedVersions: [0x0303] } },
  {
    name: 'with a name of another kind first',
    rest: '000f 0000 000b 0009 01 0002 6161 00 0001 62',
    told: { serverName: 'b', alpn: [], supportedVersions: [0x0303] },
  },
  {
    name: 'with a name of nothing',
    rest: '0009 0000 0005 0003 00 0000',
    told: { serverName: undefined, alpn: [], supportedVersions: [0x0303] },
  },
  {
    name: 'with GREASE',
    rest: '000f 0a0a 0000 002b 0007 06 2a2a 0304 0303 ',
    told: { serverName: undefined, alpn: [], supportedVersions: [0x2a2a, 0x0304, 0x0303] },
  },
])('a hello $name is read', ({ rest, told }) => {
  expect(readClientHello(hello(rest))).toMatchObject(told);
});

test.each([
  { name: 'plain HTTP', bytes: hex('474554202f'), fault: 'a TLS record of type 71' },
  { name: 'an alert', bytes: hex('15 0301 0002 0228'), fault: 'a TLS record of type 21' },
  { name: 'SSL 2', bytes: hex('16 02'), fault: 'a TLS record of version 2' },
  { name: 'an empty record', bytes: hex('16 0301 0000'), fault: 'a TLS record of 0 bytes' },
  { name: 'a record too long', bytes: hex('16 0301 4001'), fault: 'a TLS record of 16385 bytes' },
  { name: "a server's hello", bytes: hex('16 0301 0004 02000000'), fault: 'a handshake message of type 2' },
  { name: 'a hello too long', bytes: hex('16 0301 0004 01010000'), fault: 'a ClientHello of 65540 bytes' },
  {
    name: 'a hello of nothing',
    bytes: hex('16 0301 0004 01000000'),
    fault: 'a ClientHello whose lengths do not fit',
  },
  { name: 'extensions too long', bytes: hello('0001'), fault: 'a ClientHello whose lengths do not fit' },
  {
    name: 'an extension too long',
    bytes: hello('0004 0010 0001'),
    fault: 'a ClientHello whose lengths do not fit',
  },
  {
    name: 'a protocol too long',
    bytes: hello('0008 0010 0004 0002 0361'),
    fault: 'a ClientHello whose lengths do not fit',
  },
])('$name is none', ({ bytes, fault }) => {
  expect(readClientHello(bytes)).toEqual({ fault });
});

test('any bytes at all: never throws, and more of them do not change what was told', () => {
  const whole = hello('0018 0000 0006 0004 00 0001 61 0010 0005 0003 026832 002b 0003 02 0304');
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))).map((changes) => {
    const bytes = Uint8Array.from(whole);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array()), fc.nat(), (bytes, cut) => {
      const early = readClientHello(bytes.subarray(0, cut % (bytes.length + 1)));
      if (early !== undefined) expect(readClientHello(bytes)).toEqual(early);
    }),
    { numRuns: 500 },
  );
});

test('a long hello in many records is read, in more than any client sends it is not', async () => {
  const hello = await helloOf({ ALPNProtocols: manyProtocols });
  const bytes = inRecords(hello, Array(50).fill(1000));
  expect(readClientHello(bytes)).toMatchObject({ alpn: manyProtocols, length: bytes.length });
  expect(readClientHello(inRecords(hello, Array(50_000).fill(1)))).toEqual({
    fault: 'a ClientHello in more than 64 records',
  });
});
