import { expect, test } from 'vitest';
import { readUrl } from './har-url.ts';

test.each([
  ['http://a', 'http a:80 /'],
  ['http://a?b#c', 'http a:80 /?b'],
  ['https://a.example:8443/b?c=d#e', 'https a.example:8443 /b?c=d'],
  ['WSS://user:word@a/b', 'https a:443 /b'],
  ['ws://[2001:db8::1]:81/', 'http 2001:db8::1:81 /'],
  ['http://a/ü b', 'http a:80 /%C3%BC%20b'],
])('%s', (url, told) => {
  const parts = readUrl(url);
  expect(`http${parts?.isSecure ? 's' : ''} ${parts?.host}:${parts?.port} ${parts?.target}`).toBe(told);
});

test.each([
  '',
  'a',
  'ftp://a/',
  'data:,a',
  'http://',
  'http://a b/',
  'http://a:99999/',
  'http://ü/',
  'about:blank',
])('%s is no URL of HTTP', (url) => {
  expect(readUrl(url)).toBeUndefined();
});
