import { expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { Notices } from './notices.ts';

function shown(notices: Notices, now: number): string | undefined {
  const line = notices.line(now);
  return line && textOf(line).trim();
}

test('one after the other: ten seconds each, or until a key', () => {
  const notices = new Notices(() => {});
  expect(shown(notices, 5)).toBeUndefined();
  notices.tell('one');
  notices.tell('two');
  notices.tell('three');
  expect(shown(notices, 10)).toBe('one');
  expect(shown(notices, 10_010)).toBe('one');
  expect(shown(notices, 10_011)).toBe('two');
  notices.dismiss();
  expect(shown(notices, 10_020)).toBe('three');
  notices.dismiss();
  expect(shown(notices, 10_030)).toBeUndefined();
});

test('a key takes away what was seen, and nothing else', () => {
  const notices = new Notices(() => {});
  notices.tell('one');
  notices.dismiss();
  expect(shown(notices, 10)).toBe('one');
});

test('each is told of, and trouble looks like it; they cannot steer the terminal', () => {
  let told = 0;
  const notices = new Notices(() => told++);
  notices.tell('a\u001bb', true);
  expect(told).toBe(1);
  expect(notices.line(1)).toEqual([{ text: ' a·b', tone: 'fault' }]);
});

test('of what is said each second not all waits', () => {
  const notices = new Notices(() => {});
  for (let count = 0; count < 1000; count++) notices.tell('the disk is full');
  for (let count = 0; count < 20; count++) {
    expect(shown(notices, 1)).toBe('the disk is full');
    notices.dismiss();
  }
  expect(shown(notices, 1)).toBeUndefined();
});
