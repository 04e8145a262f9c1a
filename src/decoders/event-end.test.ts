import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, cuts } from '../testing/cuts.ts';
import { EventEnd } from './event-end.ts';

const cases = [
  { name: 'LF', text: 'st of it\ndata: 1\n\nid: 2', next: 18 },
  { name: 'CR', text: 'x\r\rdata', next: 3 },
  { name: 'CR LF, whose last LF is a line end of nothing', text: 'x\r\n\r\ndata', next: 4 },
  { name: 'both kinds', text: 'x\n\r\ndata', next: 3 },
  { name: 'a line end alone, which may end the line that the hole is in', text: '\ndata: 1\n\n', next: 10 },
  { name: 'none', text: 'data: 1\r\ndata: 2\r\n', next: undefined },
];

describe.each(cases)('$name', ({ text, next }) => {
  test('is found, wherever the network cut it', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        const end = new EventEnd();
        let before = 0;
        let found: number | undefined;
        for (const piece of cutAt(Buffer.from(text), places)) {
          const place = end.find(piece, 0, piece.length);
          found ??= place === undefined ? undefined : before + place;
          if (found !== undefined) break;
          before += piece.length;
        }
        expect(found).toBe(next);
      }),
    );
  });
});
