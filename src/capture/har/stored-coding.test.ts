import { describe, expect, test } from 'vitest';
import { inflaterFor } from '../../decoders/content-encoding.ts';
import { stored, storedCoding } from './stored-coding.ts';

const CODINGS = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd'];

describe.each(CODINGS)('%s', (name) => {
  test.each([0, 1, 5, 65_535, 65_536, 65_537, 200_000])('%i bytes come out as they went in', (length) => {
    const bytes = Buffer.alloc(length, 'some text and more ');
    const inflater = inflaterFor(name, 1 << 20)!;
    const inflated = inflater.push(stored(storedCoding(name)!, bytes));
    expect(inflated && Buffer.compare(Buffer.from(inflated), bytes)).toBe(0);
    expect(inflater.broken).toBeUndefined();
  });

  test('each block can be read when it is there', () => {
    const coding = storedCoding(name)!;
    const inflater = inflaterFor(name, 1 << 20)!;
    expect(text(inflater.push(coding.opening))).toBe('');
    for (const piece of ['one', 'two', 'three']) {
      expect(text(inflater.push(coding.block(Buffer.from(piece))))).toBe(piece);
    }
    expect(text(inflater.push(coding.closing()))).toBe('');
    expect(inflater.broken).toBeUndefined();
  });
});

test('what is not known is not written', () => {
  expect(storedCoding('compress')).toBeUndefined();
});

function text(bytes: Readonly<Uint8Array> | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}
