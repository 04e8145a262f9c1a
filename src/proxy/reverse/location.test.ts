import { expect, test } from 'vitest';
import { clientLocation } from './location.ts';
import { reverseOrigin } from './origin.ts';

const plain = 'http://h.test:8080/base';
const secure = 'https://h.test/';

test.each([
  { name: 'the origin', target: plain, told: 'http://h.test:8080/base/x?q#f', asked: 'http://me:1/x?q#f' },
  { name: 'its base itself', target: plain, told: 'http://h.test:8080/base', asked: 'http://me:1/' },
  {
    name: 'its base with a query',
    target: plain,
    told: 'http://h.test:8080/base?q',
    asked: 'http://me:1/?q',
  },
  {
    name: 'case of scheme and host',
    target: plain,
    told: 'HTTP://H.Test:8080/base/x',
    asked: 'http://me:1/x',
  },
  { name: 'the scheme left out', target: plain, told: '//h.test:8080/base/x', asked: 'http://me:1/x' },
  { name: 'a path', target: plain, told: '/base/x', asked: '/x' },
  { name: 'a path relative to the page', target: plain, told: 'x/y?q', asked: 'x/y?q' },
  { name: 'a query alone', target: plain, told: '?q', asked: '?q' },
  { name: 'nothing', target: plain, told: '', asked: '' },
  {
    name: 'outside the base, by URL',
    target: plain,
    told: 'http://h.test:8080/other',
    asked: 'http://h.test:8080/other',
  },
  { name: 'outside the base, by path', target: plain, told: '/other', asked: 'http://h.test:8080/other' },
  { name: 'beginning like the base', target: plain, told: '/baseball', asked: 'http://h.test:8080/baseball' },
  { name: 'another port', target: plain, told: 'http://h.test/base/x', asked: 'http://h.test/base/x' },
  {
    name: 'another host',
    target: plain,
    told: 'https://login.test/?to=/',
    asked: 'https://login.test/?to=/',
  },
  { name: 'another scheme', target: plain, told: 'mailto:a@h.test', asked: 'mailto:a@h.test' },
  {
    name: 'http that wants https',
    target: 'http://h.test/',
    told: 'https://h.test/x',
    asked: 'https://h.test/x',
  },
  {
    name: 'https by the Host that was kept',
    target: secure,
    told: 'https://me:1/x',
    asked: 'http://me:1/x',
  },
  { name: 'https', target: secure, told: 'https://h.test/x', asked: 'http://me:1/x' },
  {
    name: 'https, its port written out',
    target: secure,
    told: 'https://h.test:443/x',
    asked: 'http://me:1/x',
  },
  {
    name: 'https that does not know of its TLS',
    target: secure,
    told: 'http://h.test/x',
    asked: 'http://me:1/x',
  },
  {
    name: 'the same on a port',
    target: 'https://h.test:8443/',
    told: 'http://h.test:8443/x',
    asked: 'http://me:1/x',
  },
  { name: 'no path at all', target: secure, told: 'https://h.test', asked: 'http://me:1/' },
  { name: 'no path, a query', target: secure, told: 'https://h.test?q', asked: 'http://me:1/?q' },
  {
    name: 'an IPv6 address',
    target: 'http://[::1]:8080/',
    told: 'http://[::1]:8080/x',
    asked: 'http://me:1/x',
  },
  { name: 'tare, whose Host was kept', target: plain, told: 'http://me:1/base/x', asked: 'http://me:1/x' },
  {
    name: 'tare, outside the base',
    target: plain,
    told: 'http://me:1/other',
    asked: 'http://h.test:8080/other',
  },
])('$name', ({ target, told, asked }) => {
  const origin = reverseOrigin({ target: new URL(target), keepHost: false });
  expect(clientLocation(told, origin, 'me:1')).toBe(asked);
});

test('a client that sent no Host gets a path', () => {
  const origin = reverseOrigin({ target: new URL(plain), keepHost: false });
  expect(clientLocation('http://h.test:8080/base/x', origin, undefined)).toBe('/x');
});
