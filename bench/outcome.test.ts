import { expect, test } from 'vitest';
import type { Aim, Load, Sample } from './loads/load.ts';
import { isMet, type Outcome, ratiosOf } from './outcome.ts';
import { tableOf } from './table.ts';

function outcomeOf(aim: Aim, relay: readonly number[], tare: readonly number[]): Outcome {
  const load: Load = { name: 'http', unit: 'us/request', beside: 'plain', aim, rig: () => Promise.reject() };
  const samples = (costs: readonly number[]): Sample[] => costs.map((cost) => ({ cost, rate: 1000 / cost }));
  return {
    load,
    samples: new Map([
      ['plain', samples(relay)],
      ['tare', samples(tare)],
    ]),
    failure: undefined,
  };
}

test('ratios are taken round for round, and a round without a pair has none', () => {
  expect(ratiosOf(outcomeOf({ ratio: 1.5 }, [10, 20], [15, 20, 99]))).toEqual([1.5, 1]);
});

test.each<{ name: string; aim: Aim; tare: number[]; met: boolean | undefined }>([
  { name: 'a ratio just reached', aim: { ratio: 1.5 }, tare: [15, 15, 40], met: true },
  { name: 'a ratio missed', aim: { ratio: 1.5 }, tare: [15, 16, 16], met: false },
  { name: 'a cost just reached, whatever the relay needs', aim: { cost: 16 }, tare: [16, 16, 40], met: true },
  { name: 'a cost missed', aim: { cost: 16 }, tare: [17, 17, 10], met: false },
  { name: 'no tare', aim: { cost: 16 }, tare: [], met: undefined },
])('$name', ({ aim, tare, met }) => {
  expect(isMet(outcomeOf(aim, [10, 10, 10], tare))).toBe(met);
});

test('the table is Markdown and says what was missed', () => {
  const [, , row] = tableOf([outcomeOf({ ratio: 1.5 }, [10, 20], [20, 40])]).split('\n');
  expect(row!.split('|').map((cell) => cell.trim())).toEqual([
    '',
    'http',
    'us/request',
    'plain',
    '15.0',
    '30.0',
    '2.00 (2.00..2.00)',
    '1.5 x',
    'no',
    '75',
    '38',
    '',
  ]);
});
