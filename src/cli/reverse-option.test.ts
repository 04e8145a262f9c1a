import { expect, test } from 'vitest';
import { reverseOptions } from './reverse-option.ts';
import { UsageError } from './usage-error.ts';

test.each(['http://a', 'https://a.test:8443/v1/', 'HTTP://[::1]:80/x'])('%s', (text) => {
  expect(reverseOptions(text, true)).toEqual({ target: new URL(text), keepHost: true });
});

test('nothing asked for', () => {
  expect(reverseOptions(undefined, false)).toBeUndefined();
});

test.each([
  { text: 'localhost:3000', why: 'not an http:// or https:// URL' },
  { text: 'ws://a', why: 'not an http:// or https:// URL' },
  { text: 'http:a', why: 'not an http:// or https:// URL' },
  { text: 'http://', why: 'not an http:// or https:// URL' },
  { text: 'http://me:secret@a', why: 'a name and password have no place there; let the client send them' },
  { text: 'http://a/?x', why: 'a query or fragment has no place there' },
  { text: 'http://a/#', why: 'a query or fragment has no place there' },
])('$text: $why', ({ text, why }) => {
  expect(() => reverseOptions(text, false)).toThrow(
    new UsageError(`--reverse ${text}: ${why}; write for example https://api.example.com/v1`),
  );
});

test('--keep-host alone', () => {
  expect(() => reverseOptions(undefined, true)).toThrow(
    new UsageError('--keep-host: only with --reverse URL, whose requests it is about'),
  );
});
