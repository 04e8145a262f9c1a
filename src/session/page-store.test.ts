import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { PageStore } from './page-store.ts';

const PAGE = 64;

/** Room for four pages, and what was said of losses. */
function store() {
  const losses: string[] = [];
  const pages = new PageStore(PAGE, 4 * PAGE, (why) => losses.push(why));
  return { pages, losses };
}

test('pages past the budget come back as they were', async () => {
  using folder = new TemporaryFolder();
  const { pages, losses } = store();
  for (let index = 0; index < 30; index++) {
    pages.add().numbers.fill(index);
    await folder.settle();
  }
  for (let index = 0; index < 30; index++) expect(pages.page(index)?.numbers[7]).toBe(index);
  expect([pages.length, pages.lost, losses]).toEqual([30, 0, []]);
  pages.close();
});

test('what is changed after it was written is written again', async () => {
  using folder = new TemporaryFolder();
  const { pages } = store();
  for (let index = 0; index < 12; index++) {
    pages.add().numbers.fill(index);
    await folder.settle();
  }
  pages.page(0);
  pages.pageToChange(0)!.numbers.fill(100);
  for (let index = 1; index < 12; index++) {
    pages.page(index);
    await folder.settle();
  }
  expect(pages.page(0)?.numbers[0]).toBe(100);
  pages.close();
});

test('any order of adding, changing and reading tells what was written last', async () => {
  using folder = new TemporaryFolder();
  const step = fc.oneof(
    fc.record({ type: fc.constant('add' as const), value: fc.nat() }),
    fc.record({ type: fc.constant('change' as const), page: fc.nat(20), value: fc.nat() }),
    fc.record({ type: fc.constant('read' as const), page: fc.nat(20) }),
    fc.record({ type: fc.constant('copy' as const), page: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { pages } = store();
      const written: number[] = [];
      const into = Buffer.alloc(8);
      for (const [turn, one] of steps.entries()) {
        if (one.type === 'add') {
          pages.add().numbers.fill(one.value);
          written.push(one.value);
          await folder.settle(); // a disk that keeps up: none is lost
        } else if (one.page < written.length) {
          if (one.type === 'change') {
            const page = pages.pageToChange(one.page);
            if (page) page.numbers.fill(one.value);
            else pages.patch(one.page, 0, Buffer.from(new Float64Array(PAGE / 8).fill(one.value).buffer));
            written[one.page] = one.value;
          } else if (one.type === 'read') {
            expect(pages.page(one.page)?.numbers[3]).toBe(written[one.page]);
          } else {
            expect(pages.copy(one.page, 8, 8, into, 0)).toBe(true);
            expect(into.readDoubleLE()).toBe(written[one.page]);
          }
          if (turn % 2 === 0) await folder.settle();
        }
      }
      expect(pages.lost).toBe(0);
      pages.close();
    }),
    { numRuns: 25 },
  );
});

test('a page that the file has a place for is never lost, whatever is changed', async () => {
  using folder = new TemporaryFolder();
  const { pages, losses } = store();
  for (let index = 0; index < 40; index++) {
    pages.add().numbers.fill(index);
    await folder.settle();
  }
  for (let index = 0; index < 36; index++) {
    pages.page(index);
    pages.pageToChange(index)!.numbers.fill(-index); // no turn for the disk between
  }
  pages.add();
  for (let index = 0; index < 36; index++) expect(pages.page(index)?.numbers[7]).toBe(-index);
  expect([pages.lost, losses]).toEqual([0, []]);
  pages.close();
});

test('without a disk the pages used longest ago are lost, told and counted; the last goes on', () => {
  using folder = new TemporaryFolder();
  folder.break();
  const { pages, losses } = store();
  for (let index = 0; index < 14; index++) pages.add().numbers.fill(index);
  expect(pages.page(0)).toBeUndefined();
  expect(pages.pageToChange(1)).toBeUndefined();
  pages.patch(1, 0, Buffer.alloc(8));
  expect(pages.copy(0, 0, 8, Buffer.alloc(8), 0)).toBe(false);
  expect(pages.page(13)?.numbers[0]).toBe(13);
  expect(pages.lost).toBe(6);
  expect(losses).toHaveLength(6);
  expect(losses[0]).toContain('ENOENT');
  pages.close();
});

test('a disk that cannot keep up loses pages rather than growing without bound', () => {
  using _folder = new TemporaryFolder();
  const { pages, losses } = store();
  for (let index = 0; index < 100; index++) pages.add().numbers.fill(index); // no turn for the disk between
  expect(pages.lost).toBeGreaterThan(80);
  expect(losses[0]).toBe('the disk is slower than the traffic');
  expect(pages.page(99)?.numbers[0]).toBe(99);
  pages.close();
});
