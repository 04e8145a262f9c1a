import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wordsAside } from './words-aside.ts';

const { stderr } = process;
const wasTerminal = stderr.isTTY;
let written: string[];

beforeEach(() => {
  written = [];
  vi.spyOn(stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
});
afterEach(() => {
  stderr.isTTY = wasTerminal;
  vi.restoreAllMocks();
});

test('what is written meanwhile is told, and written afterwards', () => {
  stderr.isTTY = true;
  const told: string[] = [];
  const putBack = wordsAside((words) => told.push(words));
  stderr.write('tare: the disk is full\n');
  stderr.write(Buffer.from('(node:1) Warning\n'));
  expect({ told, written }).toEqual({ told: ['tare: the disk is full', '(node:1) Warning'], written: [] });
  putBack();
  expect(written).toEqual(['tare: the disk is full\n', '(node:1) Warning\n']);
  stderr.write('behind');
  expect([told.length, written.at(-1)]).toEqual([2, 'behind']);
});

test('whoever waits until it is written goes on', async () => {
  stderr.isTTY = true;
  const putBack = wordsAside(() => {});
  await new Promise<void>((resolve) => stderr.write('words', () => resolve()));
  putBack();
});

test('where stderr goes to a file it goes on to do so', () => {
  stderr.isTTY = false;
  const told: string[] = [];
  wordsAside((words) => told.push(words))();
  stderr.write('words');
  expect({ told, written }).toEqual({ told: [], written: ['words'] });
});
