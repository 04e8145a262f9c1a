import { expect, test } from 'vitest';
import { isFromClient } from './client-guess.ts';

test.each([
  { name: 'a request', says: 'GET / HTTP/1.1\r\n', isClient: true },
  { name: 'a CONNECT', says: 'CONNECT chat.example:443 HTTP/1.1\r\n', isClient: true },
  { name: "HTTP/2's preface", says: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', isClient: true },
  { name: 'a ClientHello', says: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', isClient: true },
  { name: 'a response', says: 'HTTP/1.1 200 OK\r\n', isClient: false },
  { name: 'a ServerHello', says: '\x16\x03\x03\x00\x7a\x02\x00\x00\x76', isClient: false },
])('$name tells, whatever the ports', ({ says, isClient }) => {
  const bytes = Buffer.from(says, 'latin1');
  expect(isFromClient(bytes, 80, 50_000)).toBe(isClient);
  expect(isFromClient(bytes, 50_000, 80)).toBe(isClient);
});

test.each(['', 'hello', 'Get it', '220 smtp.example', '\x16\x03'])(
  'else the lower port is the server: %j',
  (says) => {
    expect(isFromClient(Buffer.from(says, 'latin1'), 50_000, 8_080)).toBe(true);
    expect(isFromClient(Buffer.from(says, 'latin1'), 8_080, 50_000)).toBe(false);
    expect(isFromClient(Buffer.from(says, 'latin1'), 8_080, 8_080)).toBe(true);
  },
);
