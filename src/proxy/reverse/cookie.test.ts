import { expect, test } from 'vitest';
import { clientCookie } from './cookie.ts';
import { reverseOrigin } from './origin.ts';

const plain = 'http://api.h.test/base';
const secure = 'https://api.h.test/';

test.each([
  { name: 'without attributes', target: plain, set: 'a=b=c; ', kept: 'a=b=c; ' },
  {
    name: "the origin's domain",
    target: plain,
    set: 'a=b; Domain=api.h.test; HttpOnly',
    kept: 'a=b; HttpOnly',
  },
  { name: 'the domain it is in', target: plain, set: 'a=b;domain=.H.Test;Max-Age=1', kept: 'a=b;Max-Age=1' },
  {
    name: 'the domain of another',
    target: plain,
    set: 'a=b; Domain=pi.h.test',
    kept: 'a=b; Domain=pi.h.test',
  },
  { name: 'the base path', target: plain, set: 'a=b; Path=/base', kept: 'a=b; Path=/' },
  { name: 'a path below the base', target: plain, set: 'a=b; path = /base/x/', kept: 'a=b; path =/x/' },
  { name: 'a path beside the base', target: plain, set: 'a=b; Path=/', kept: 'a=b; Path=/' },
  { name: 'a path where there is no base', target: secure, set: 'a=b; Path=/base', kept: 'a=b; Path=/base' },
  { name: 'Secure from https', target: secure, set: 'a=b; Secure; HttpOnly', kept: 'a=b; HttpOnly' },
  {
    name: 'what needs Secure',
    target: secure,
    set: 'a=b; SameSite=None; Secure; Partitioned; Path=/',
    kept: 'a=b; Path=/',
  },
  {
    name: 'SameSite that needs nothing',
    target: secure,
    set: 'a=b; SameSite=Lax',
    kept: 'a=b; SameSite=Lax',
  },
  {
    name: 'Secure from http, where it always was refused',
    target: plain,
    set: 'a=b; Secure; SameSite=None',
    kept: 'a=b; Secure; SameSite=None',
  },
  {
    name: 'a name that promises Secure',
    target: secure,
    set: '__Host-a=b; Secure; Path=/',
    kept: '__Host-a=b; Secure; Path=/',
  },
  {
    name: 'an expiry with its comma and case',
    target: secure,
    set: 'a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    kept: 'a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  },
])('$name', ({ target, set, kept }) => {
  expect(clientCookie(set, reverseOrigin({ target: new URL(target), keepHost: false }))).toBe(kept);
});
