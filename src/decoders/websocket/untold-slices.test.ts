import { expect, test } from 'vitest';
import { hex } from '../../testing/cuts.ts';
import type { FrameSlice } from './frame-decoder.ts';
import { readFrameHeader } from './frame-header.ts';
import { UntoldSlices } from './untold-slices.ts';

function slice(start: number, headerLength: number, payload: string): FrameSlice {
  const header = readFrameHeader(hex('8100'), 0)!;
  return { type: 'frame', start, header, headerLength, bytes: Buffer.from(payload), last: true };
}

test('joins payloads, and counts headers', () => {
  const untold = new UntoldSlices();
  expect(untold.any).toBe(false);
  for (const each of [slice(7, 2, 'ab'), slice(11, 2, ''), slice(13, 4, 'c')]) untold.add(each);
  expect(untold).toMatchObject({ any: true, start: 7, framing: 8 });
  expect(Buffer.from(untold.take()).toString()).toBe('abc');
  expect(untold).toMatchObject({ any: false, framing: 0 });
});

test('does not copy what is in one piece', () => {
  const untold = new UntoldSlices();
  const only = slice(0, 2, 'ab');
  untold.add(only);
  expect(untold.take()).toBe(only.bytes);
});

test('a header alone is something to tell', () => {
  const untold = new UntoldSlices();
  untold.add(slice(5, 2, ''));
  expect(untold).toMatchObject({ any: true, start: 5, framing: 2 });
  expect(untold.take()).toHaveLength(0);
});
