import { expect, test } from 'vitest';
import { wire } from '../../testing/http1-story.ts';
import { readRequestHead, readResponseHead } from '../http1/head.ts';
import { acceptViolation } from './accept-key.ts';

/** The example of RFC 6455 section 1.3. */
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const ACCEPT = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

test.each([
  { name: 'the right one', key: KEY, accept: ACCEPT, told: undefined },
  {
    name: 'white space around both',
    key: KEY.replace(': ', ': \t'),
    accept: ACCEPT.replace('\r', ' \r'),
    told: undefined,
  },
  { name: 'none', key: KEY, accept: '', told: 'no Sec-WebSocket-Accept' },
  {
    name: "another key's",
    key: KEY.replace('dGhl', 'dGhm'),
    accept: ACCEPT,
    told: expect.stringMatching(/is s3pPLMBiTxaQ9kYGzzhZRbK\+xOo= and not \S{27}=$/),
  },
  {
    name: 'in other letters',
    key: KEY,
    accept: ACCEPT.toLowerCase(),
    told: expect.stringContaining(' and not s3p'),
  },
  {
    name: 'empty',
    key: KEY,
    accept: 'Sec-WebSocket-Accept:\r\n',
    told: expect.stringContaining(' and not s3p'),
  },
  { name: 'twice', key: KEY, accept: ACCEPT + ACCEPT, told: expect.stringContaining(' and not s3p') },
  { name: 'to a client without a key', key: '', accept: ACCEPT, told: undefined },
])('an accepted key: $name', ({ key, accept, told }) => {
  const request = readRequestHead(wire(`GET / HTTP/1.1\r\nHost: a\r\n${key}\r\n`));
  const response = readResponseHead(wire(`HTTP/1.1 101 Switching Protocols\r\n${accept}\r\n`));
  if ('unreadable' in request || 'unreadable' in response) throw new Error('these are heads');
  const violation = acceptViolation(request, response);
  expect(violation?.detail).toEqual(told);
  if (violation) expect(violation.rule).toBe('RFC 6455 section 4.1');
});
