import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BodyFraming } from '../decoders/http1/body-framing.ts';
import { cutAt, cuts } from '../testing/cuts.ts';
import { bodyEnd } from './body-end.ts';

const chunked: BodyFraming = { type: 'chunked', conflict: undefined };

const cases = [
  { name: 'none', framing: { type: 'none' }, wire: 'GET', taken: 0, done: true },
  { name: 'a length of 0', framing: { type: 'length', length: 0 }, wire: 'GET', taken: 0, done: true },
  { name: 'a length', framing: { type: 'length', length: 5 }, wire: 'helloGET', taken: 5, done: true },
  {
    name: 'less than its length',
    framing: { type: 'length', length: 9 },
    wire: 'hello',
    taken: 5,
    done: false,
  },
  { name: 'until the end', framing: { type: 'until-close' }, wire: 'hello', taken: 5, done: false },
  { name: 'chunks', framing: chunked, wire: '3\r\nabc\r\n0\r\n\r\nGET', taken: 13, done: true },
  { name: 'trailers', framing: chunked, wire: '0\r\nA: b\r\n\r\nGET', taken: 11, done: true },
  { name: 'chunks that go on', framing: chunked, wire: '3\r\nabc\r\n5', taken: 9, done: false },
  {
    name: 'chunks that end in LF',
    framing: chunked,
    wire: '1\na\n0\r\n\r\n',
    taken: 9,
    done: true,
    fault: true,
  },
  { name: 'no chunks', framing: chunked, wire: 'hello\n', taken: 6, done: false, lost: true, fault: true },
] as const;

test.each(cases)('the end of a body: $name', ({ framing, wire, taken, done, ...odd }) => {
  const { lost, fault } = { lost: false, fault: false, ...odd };
  fc.assert(
    fc.property(cuts, (places) => {
      const end = bodyEnd({ ...framing, conflict: undefined });
      let used = 0;
      for (const piece of cutAt(Buffer.from(wire), places)) {
        if (!end.done) used += end.take(Buffer.from(piece));
      }
      expect({ used, done: end.done, lost: end.lost, fault: end.fault !== undefined }).toEqual({
        used: taken,
        done,
        lost,
        fault,
      });
    }),
    { numRuns: 50 },
  );
});
