import { setImmediate } from 'node:timers/promises';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflateRaw,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../tap.ts';
import { inflaterFor, openInflater } from './content-encoding.ts';
import type { Inflater } from './inflater.ts';

const LIMIT = 1 << 20;
const PLAIN = 'an event, an event, another event: price 101.25, price 101.50\n'.repeat(40);

/** PLAIN as the zstd command 1.5.4 writes it: from a file, from a pipe at level 19, from a pipe with --no-check. */
const ZSTD = {
  'single segment and checksum':
    'KLUv/WSwCLUBABQCYW4gZXZlbnQsIG90aGVyOiBwcmljZSAxMDEuMjUsNTAKBgBZCYKHFhhcxYeYpvIcXrnSBR4Am08=',
  'window and checksum':
    'KLUv/QRojQEAFAJhbiBldmVudCwgb3RoZXI6IHByaWNlIDEwMS4yNSw1MAoEAG8Jgh9ixioTe+VKFx4Am08=',
  'window only': 'KLUv/QBYtQEAFAJhbiBldmVudCwgb3RoZXI6IHByaWNlIDEwMS4yNSw1MAoGAFkJgocWGFzFh5im8hxeudIF',
};

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const base64 = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'base64'));
const text = (bytes: Bytes | undefined): string | undefined => bytes && Buffer.from(bytes).toString('latin1');

/** What comes out, however the bytes are cut; undefined once the inflater is broken. */
function inflated(inflater: Inflater, bytes: Bytes, cuts: readonly number[] = []): string | undefined {
  let out = '';
  for (const piece of pieces(bytes, cuts)) {
    const given = inflater.push(piece);
    if (given === undefined) return undefined;
    out += text(given);
  }
  return out;
}

function pieces(bytes: Bytes, cuts: readonly number[]): Bytes[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

const cases: readonly { name: string; encoding: string; bytes: Bytes }[] = [
  { name: 'gzip', encoding: 'gzip', bytes: gzipSync(PLAIN) },
  { name: 'gzip under its old name, in capitals', encoding: 'X-GZIP', bytes: gzipSync(PLAIN) },
  {
    name: 'gzip of several members and padding',
    encoding: 'gzip',
    bytes: Buffer.concat([gzipSync(PLAIN.slice(0, 99)), gzipSync(PLAIN.slice(99)), Buffer.alloc(5)]),
  },
  { name: 'deflate as the RFC has it', encoding: 'deflate', bytes: deflateSync(PLAIN) },
  { name: 'deflate without its wrapper', encoding: 'deflate', bytes: deflateRawSync(PLAIN) },
  { name: 'brotli', encoding: 'br', bytes: brotliCompressSync(PLAIN) },
  {
    name: 'brotli with bytes behind it',
    encoding: 'br',
    bytes: Buffer.concat([brotliCompressSync(PLAIN), Buffer.from('x')]),
  },
  { name: 'gzip in brotli', encoding: 'gzip, br', bytes: brotliCompressSync(gzipSync(PLAIN)) },
  { name: 'an identity among others', encoding: 'identity,gzip ,', bytes: gzipSync(PLAIN) },
  ...Object.entries(ZSTD).map(([name, bytes]) => ({
    name: `zstd, ${name}`,
    encoding: 'zstd',
    bytes: base64(bytes),
  })),
  {
    name: 'zstd of a frame, a skippable frame and a frame',
    encoding: 'zstd',
    bytes: Buffer.concat([
      zstdFrame([PLAIN.slice(0, 7)]),
      hex('5a2a4d18 03000000 010203'),
      zstdFrame([PLAIN.slice(7, 9), '', PLAIN.slice(9)]),
    ]),
  },
];

describe.each(cases)('$name', ({ encoding, bytes }) => {
  test('inflates the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(inflated(inflaterFor(encoding, LIMIT)!, bytes, cuts)).toBe(PLAIN);
      }),
      { numRuns: 50 },
    );
  });

  test('inflates byte by byte and leaves the bytes as they were', () => {
    const before = bytes.slice();
    expect(inflated(inflaterFor(encoding, LIMIT)!, bytes, [...bytes.keys()])).toBe(PLAIN);
    expect(Buffer.compare(bytes, before)).toBe(0);
  });
});

test.each(['', 'identity', ' Identity , '])('%j is no coding', (encoding) => {
  expect(inflaterFor(encoding, LIMIT)).toBeUndefined();
});

test.each([
  { encoding: 'compress', reason: 'unknown content coding compress' },
  { encoding: 'gzip, snappy', reason: 'unknown content coding snappy' },
  { encoding: 'deflate-raw', reason: 'unknown content coding deflate-raw' },
  { encoding: 'gzip, gzip, gzip, gzip', reason: 'more than 3 content codings' },
])('$encoding is broken from the start', ({ encoding, reason }) => {
  const inflater = inflaterFor(encoding, LIMIT)!;
  expect(inflater.broken).toBe(reason);
  expect(inflater.push(gzipSync(PLAIN))).toBeUndefined();
});

test.each([
  { name: 'gzip', encoding: 'gzip', bytes: Buffer.from('no gzip at all'), reason: 'incorrect header check' },
  { name: 'deflate', encoding: 'deflate', bytes: hex('789c ffff ffff'), reason: 'invalid block type' },
  { name: 'brotli', encoding: 'br', bytes: hex('11 1111 1111'), reason: /.+/ },
  {
    name: 'zstd of something else',
    encoding: 'zstd',
    bytes: Buffer.from('no zstd'),
    reason: /no Zstandard frame/,
  },
  {
    name: 'zstd with a huge window',
    encoding: 'zstd',
    bytes: hex('28b52ffd 00 a0'),
    reason: /^a window of 1073741824/,
  },
  {
    name: 'zstd with a dictionary',
    encoding: 'zstd',
    bytes: hex('28b52ffd 01 00 07'),
    reason: 'dictionary 7 is not known',
  },
  {
    name: 'zstd with a reserved bit',
    encoding: 'zstd',
    bytes: hex('28b52ffd 08 00'),
    reason: /reserved bit/,
  },
  {
    name: 'zstd with a huge block',
    encoding: 'zstd',
    bytes: hex('28b52ffd 00 00 fdffff'),
    reason: 'a block of 2097151 bytes',
  },
  {
    name: 'zstd with a reserved block',
    encoding: 'zstd',
    bytes: hex('28b52ffd 00 00 060000'),
    reason: 'a block of the reserved type',
  },
])('$name that is broken says so', ({ encoding, bytes, reason }) => {
  const inflater = inflaterFor(encoding, LIMIT)!;
  inflater.push(bytes);
  expect(inflater.broken).toMatch(reason);
  expect(inflater.push(bytes)).toBeUndefined();
});

describe('what was flushed comes out at once', () => {
  const events = ['data: one\n\n', 'data: two\n\n', 'id: 3\ndata: three\n\n'];

  test.each([
    { coding: 'gzip', open: () => createGzip(), flush: constants.Z_SYNC_FLUSH },
    { coding: 'deflate-raw', open: () => createDeflateRaw({ windowBits: 9 }), flush: constants.Z_SYNC_FLUSH },
    { coding: 'br', open: () => createBrotliCompress(), flush: constants.BROTLI_OPERATION_FLUSH },
  ] as const)('$coding', async ({ coding, open, flush }) => {
    const compressor = open();
    const inflater = openInflater(coding, LIMIT, 9);
    for (const event of events) {
      compressor.write(event);
      await new Promise<void>((done) => compressor.flush(flush, done));
      expect(text(inflater.push(compressor.read()))).toBe(event);
    }
  });

  test('zstd, of a frame that is shorter than the longest frame header', () => {
    const inflater = openInflater('zstd', LIMIT);
    for (const event of [':\n', 'd\n', '\n']) expect(text(inflater.push(zstdFrame([event])))).toBe(event);
  });

  test('zstd, block by block', () => {
    const inflater = openInflater('zstd', LIMIT);
    const frame = zstdFrame(events);
    const cuts = [6 + 3 + 11, 6 + 3 + 11 + 3 + 11];
    expect(pieces(frame, cuts).map((piece) => text(inflater.push(piece)))).toEqual(events);
  });
});

describe('more than the limit from one push', () => {
  const bomb = Buffer.alloc(LIMIT + 1);
  const zstdBomb = Buffer.concat([hex('28b52ffd 00 38'), Buffer.alloc(9 * 4, hex('02001000'))]);

  test.each([
    { coding: 'gzip', bytes: gzipSync(bomb) },
    { coding: 'deflate', bytes: deflateSync(bomb) },
    { coding: 'deflate-raw', bytes: deflateRawSync(bomb) },
    { coding: 'br', bytes: brotliCompressSync(bomb) },
    { coding: 'zstd', bytes: zstdBomb },
  ] as const)('breaks $coding', ({ coding, bytes }) => {
    const inflater = openInflater(coding, LIMIT);
    expect(inflater.push(bytes)).toBeUndefined();
    expect(inflater.broken).toBe('limit');
  });

  test('breaks raw deflate that restarts, too', () => {
    const half = deflateRawSync(Buffer.alloc(LIMIT * 0.6));
    const inflater = openInflater('deflate-raw', LIMIT);
    expect(inflater.push(Buffer.concat([half, half]))).toBeUndefined();
    expect(inflater.broken).toBe('limit');
  });

  test('is no matter for a stream', () => {
    const inflater = openInflater('deflate-raw', LIMIT);
    const part = deflateRawSync(Buffer.alloc(LIMIT), { finishFlush: constants.Z_SYNC_FLUSH });
    for (let count = 0; count < 4; count++) expect(inflater.push(part)?.length).toBe(LIMIT);
  });
});

describe('raw deflate goes on behind a final block', () => {
  test.each([
    { name: 'in one push', cuts: [] },
    { name: 'in three', cuts: [7, 14] },
    { name: 'byte by byte', cuts: [...Array(30).keys()] },
  ])('$name', ({ cuts }) => {
    const hello = deflateRawSync('hello');
    const bytes = Buffer.concat([hello, hello, hex('00 0000ffff'), hello]);
    expect(inflated(openInflater('deflate-raw', LIMIT), bytes, cuts)).toBe('hellohellohello');
  });

  test('but not for ever', () => {
    const inflater = openInflater('deflate-raw', LIMIT);
    expect(inflater.push(Buffer.alloc(1000, hex('0300')))).toBeUndefined();
    expect(inflater.broken).toBe('more than 64 final blocks at once');
  });
});

test('a window that does not exist is told, not thrown', () => {
  expect(openInflater('deflate-raw', LIMIT, 99).broken).toContain('windowBits');
});

describe('any bytes at all', () => {
  const escaped: unknown[] = [];
  const note = (error: unknown) => escaped.push(error);
  beforeAll(() => {
    process.on('uncaughtException', note);
    process.on('unhandledRejection', note);
  });
  afterAll(() => {
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
  });

  test.each(['gzip', 'deflate', 'deflate-raw', 'br', 'zstd'] as const)(
    '%s never throws, then or later',
    async (coding) => {
      const valid = {
        gzip: gzipSync,
        deflate: deflateSync,
        'deflate-raw': deflateRawSync,
        br: brotliCompressSync,
        zstd: () => base64(ZSTD['window and checksum']),
      }[coding](PLAIN);
      fc.assert(
        fc.property(
          fc.nat(valid.length),
          fc.uint8Array({ maxLength: 60 }),
          fc.array(fc.nat()),
          (kept, noise, cuts) => {
            const inflater = openInflater(coding, 1000);
            const out = inflated(inflater, Buffer.concat([valid.subarray(0, kept), noise]), cuts);
            expect(out === undefined).toBe(inflater.broken !== undefined);
          },
        ),
        { numRuns: 60 },
      );
      await setImmediate();
      expect(escaped).toEqual([]);
    },
  );
});

/** A Zstandard frame whose blocks hold their bytes as they are (RFC 8878 section 3.1.1.2.2). */
function zstdFrame(blocks: readonly string[]): Bytes {
  const parts = blocks.map((block, index) => {
    const header = block.length * 8 + (index === blocks.length - 1 ? 1 : 0);
    return Buffer.concat([Uint8Array.of(header, header >> 8, header >> 16), Buffer.from(block)]);
  });
  return Buffer.concat([hex('28b52ffd 00 58'), ...parts]);
}
