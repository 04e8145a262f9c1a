import { describe, expect, test } from 'vitest';
import { chunksOf } from '../chunks.ts';
import { CASES } from './all.ts';

/** Only decoders that find the same in the same bytes can be compared. */
describe.each(CASES)('$name', ({ stream, messages, contenders }) => {
  test.each(contenders)('$name finds every message', async ({ open }) => {
    const { bytes, tally } = await stream(Math.min(800, messages / 50)); // some chunks of each
    expect(await open(chunksOf(bytes))()).toEqual(tally);
  });
});
