import { expect, test } from 'vitest';
import type { PollSeries } from '../session/polling/series.ts';
import { PollFooter } from './poll-footer.ts';

const SECOND = 1_000_000_000;
const all = [1, 2, 3, 4, 5, 6].map((number) => ({ number }) as PollSeries);

function shown(footer: PollFooter): number[] {
  return Array.from(footer.shown, ([{ number }]) => number);
}

test('each series has a line in the order they came, up to four: the one that was quiet longest goes', () => {
  const footer = new PollFooter();
  for (const [index, series] of all.slice(0, 4).entries())
    expect(footer.polled(series, index * SECOND)).toEqual([]);
  footer.polled(all[0]!, 9 * SECOND);
  expect(shown(footer)).toEqual([1, 2, 3, 4]);
  expect(footer.polled(all[4]!, 10 * SECOND)).toEqual([all[1]]);
  expect(shown(footer)).toEqual([1, 3, 4, 5]);
});

test('one that is not heard of for a minute goes', () => {
  const footer = new PollFooter();
  footer.polled(all[0]!, 0);
  footer.polled(all[1]!, 50 * SECOND);
  expect(footer.polled(all[1]!, 61 * SECOND)).toEqual([all[0]]);
  expect(shown(footer)).toEqual([2]);
});
