import { expect, test } from 'vitest';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { Rows } from './rows.ts';

const WIDTH = 3;

function add(rows: Rows, value: number): void {
  rows.change(rows.add()).fill(value, rows.offset, rows.offset + WIDTH);
  rows.keep();
}

function values(rows: Rows, number: number): number[] {
  const page = rows.page(number);
  return Array.from(page.subarray(rows.offset, rows.offset + WIDTH));
}

test('rows past the budget come back when they are looked at, and can be changed there', async () => {
  using folder = new TemporaryFolder();
  const rows = new Rows(WIDTH, 6 * 4096 * WIDTH * 8, () => {}); // loses something only if 12 pages wait for the disk
  for (let number = 0; number < 120_000; number++) {
    add(rows, number);
    if (number % 4096 === 0) await folder.settle();
  }
  expect(rows.length).toBe(120_000);
  for (const number of [0, 4095, 4096, 30_000, 119_999]) {
    expect(values(rows, number)).toEqual([number, number, number]);
  }
  rows.change(5)[rows.offset] = -1;
  rows.keep();
  for (let number = 8192; number < 120_000; number += 4096) {
    values(rows, number);
    await folder.settle();
  }
  expect(values(rows, 5)).toEqual([-1, 5, 5]);
  expect(rows.lost).toBe(0);
  rows.close();
});

test('rows on disk are changed where they lie: a burst of changes costs no memory, and loses nothing after it', async () => {
  using folder = new TemporaryFolder();
  let losses = 0;
  const rows = new Rows(WIDTH, 6 * 4096 * WIDTH * 8, () => losses++);
  for (let number = 0; number < 200_000; number++) {
    add(rows, number);
    if (number % 4096 === 0) await folder.settle();
  }
  for (let number = 0; number < 200_000; number += 100) {
    rows.change(number)[rows.offset + 1] = -number;
    rows.keep();
  }
  for (let number = 200_000; number < 220_000; number++) add(rows, number); // at once, without a turn for the disk
  for (let number = 0; number < 200_000; number += 700)
    expect(values(rows, number)).toEqual([number, -number, number]);
  expect([losses, rows.lost]).toEqual([0, 0]);
  rows.close();
});

test('rows that were lost read as zeros, whatever is written to them', () => {
  using folder = new TemporaryFolder();
  folder.break();
  let losses = 0;
  const rows = new Rows(WIDTH, 0, () => losses++);
  for (let number = 0; number < 40_000; number++) add(rows, 7);
  rows.change(0).fill(9);
  rows.keep();
  expect(values(rows, 0)).toEqual([0, 0, 0]);
  expect(values(rows, 39_999)).toEqual([7, 7, 7]);
  expect(rows.lost).toBe(losses * 4096);
  expect(losses).toBeGreaterThan(0);
  rows.close();
});
