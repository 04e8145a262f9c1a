import { expect, test } from 'vitest';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { Rows } from './rows.ts';

const WIDTH = 3;

function add(rows: Rows, value: number): void {
  const number = rows.add();
  const offset = rows.offset(number);
  rows.pageToChange(number).fill(value, offset, offset + WIDTH);
}

function values(rows: Rows, number: number): number[] {
  const offset = rows.offset(number);
  return Array.from(rows.page(number).subarray(offset, offset + WIDTH));
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
  rows.pageToChange(5)[rows.offset(5)] = -1;
  for (let number = 8192; number < 120_000; number += 4096) {
    values(rows, number);
    await folder.settle();
  }
  expect(values(rows, 5)).toEqual([-1, 5, 5]);
  expect(rows.lost).toBe(0);
  rows.close();
});

test('rows that were lost read as zeros, whatever is written to them', () => {
  using folder = new TemporaryFolder();
  folder.break();
  let losses = 0;
  const rows = new Rows(WIDTH, 0, () => losses++);
  for (let number = 0; number < 20_000; number++) add(rows, 7);
  rows.pageToChange(0).fill(9);
  expect(values(rows, 0)).toEqual([0, 0, 0]);
  expect(values(rows, 19_999)).toEqual([7, 7, 7]);
  expect(rows.lost).toBe(losses * 4096);
  expect(losses).toBeGreaterThan(0);
  rows.close();
});
