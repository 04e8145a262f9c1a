import { expect, test } from 'vitest';
import type { Edit } from './edit.ts';
import { brokenHeadEdits, headEdits, trailerEdits } from './head-edits.ts';
import { RedactedNames } from './redacted-names.ts';

const names = new RedactedNames({ header: ['X-Team', 'content-length', 'sec-websocket-protocol'] });
const wire = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');

function edited(bytes: Buffer, edits: readonly Edit[]): string {
  for (const { from, to, byte } of edits) bytes.fill(byte, from, to);
  return bytes.toString('latin1').replaceAll('\r\n', '\n');
}

const fields = [
  { field: 'Authorization: Bearer abc.def', told: 'Authorization: Bearer xxxxxxx' },
  { field: 'AUTHORIZATION:abc def', told: 'AUTHORIZATION:xxxxxxx' },
  { field: 'Proxy-Authorization: Digest username="a"', told: 'Proxy-Authorization: Digest xxxxxxxxxxxx' },
  { field: 'Cookie: a=bc;d="e" ; f', told: 'Cookie: a=xx;d=xxx ; x' },
  {
    field: 'Set-Cookie: a=b=c; Path=/p; Secure; Colour=red; Max-Age=1',
    told: 'Set-Cookie: a=xxx; Path=/p; Secure; Colour=xxx; Max-Age=1',
  },
  { field: 'x-api-key:\t abc \t', told: 'x-api-key:\t xxx \t' },
  { field: 'x-team: blue', told: 'x-team: xxxx' },
  { field: 'Content-Length: 12', told: 'Content-Length: 12' },
  { field: 'Sec-WebSocket-Protocol: chat, abc', told: 'Sec-WebSocket-Protocol: xxxx, xxx' },
  {
    field: 'Referer: https://u:p@a.example:1/b?token=c&d=e',
    told: 'Referer: https://xxx@a.example:1/b?token=x&d=e',
  },
  { field: 'Origin: https://a.example', told: 'Origin: https://a.example' },
  { field: 'Link: </a?sig=b>; rel=next, <//c@d/>', told: 'Link: </a?sig=x>; rel=next, <//x@d/>' },
  { field: 'X-Json: {"token":"a"}', told: 'X-Json: {"token":"x"}' },
  { field: 'Cookie:', told: 'Cookie:' },
];

test.each(fields)('$field', ({ field, told }) => {
  const head = wire(`GET / HTTP/1.1\nHost: a\n${field}\n\n`);
  expect(edited(head, headEdits('client', head, names))).toBe(`GET / HTTP/1.1\nHost: a\n${told}\n\n`);
});

const targets = [
  { target: '/a?token=b&c=d', told: '/a?token=x&c=d' },
  { target: 'http://u:p@a.example/b?code=c', told: 'http://xxx@a.example/b?code=x' },
  { target: 'a.example:443', told: 'a.example:443' },
  { target: '/a b?token=c', told: '/xxxxxxxxxxx' },
];

test.each(targets)('$target', ({ target, told }) => {
  const head = wire(`\nGET ${target} HTTP/1.1\nHost: a\n\n`);
  expect(edited(head, headEdits('client', head, names))).toBe(`\nGET ${told} HTTP/1.1\nHost: a\n\n`);
});

const broken = [
  { name: 'a folded line', line: 'Cookie: a\n b=c', told: 'Cookie: x\n xxx' },
  { name: 'a space before the colon', line: 'Cookie : a', told: 'Cookie : x' },
  { name: 'a CR', line: 'X: a\rCookie: b', told: 'X: x\rxxxxxxx x' },
  { name: 'no colon', line: 'Cookie a', told: 'xxxxxx x' },
  { name: 'a NUL', line: 'X: \0', told: 'X: x' },
];

test.each(broken)('a head with $name keeps what tells of its body', ({ line, told }) => {
  const rest = 'Host: a\nContent-Length: 5\nTransfer-Encoding:\tchunked\n';
  const head = wire(`POST /?a=b HTTP/1.1\n${rest}User-Agent: c\n${line}\n\n`);
  expect(edited(head, headEdits('client', head, names))).toBe(
    `POST /?xxx HTTP/1.1\n${rest}User-Agent: x\n${told}\n\n`,
  );
});

test('a response keeps its status line', () => {
  const head = wire('HTTP/1.1 302 a?token=b\nLocation: ?token=c\n\n');
  expect(edited(head, headEdits('server', head, names))).toBe(
    'HTTP/1.1 302 a?token=b\nLocation: ?token=x\n\n',
  );
});

test('trailers', () => {
  const section = wire('Set-Cookie: a=b\nX: y\n');
  expect(edited(section, trailerEdits(section, names))).toBe('Set-Cookie: a=x\nX: y\n');
});

test.each([
  { from: 'client', text: 'GET /?a=b HTTP/1.1\nCookie: a', kept: 'GET /?xxx HTTP/1.1\n' },
  { from: 'server', text: 'HTTP/1.1 200 OK\nSet-Cookie: a', kept: 'HTTP/1.1 200 OK\n' },
  { from: 'client', text: 'GET secret\n\n', kept: 'GET s' },
  { from: 'server', text: 'HTTP/1.1 secret\n\n', kept: 'HTTP/1.' },
  { from: 'client', text: 'secret\n\n', kept: '' },
  { from: 'server', text: 'SECRET s\n\n', kept: '' },
] as const)('of $text by the $from is kept: $kept', ({ from, text, kept }) => {
  const bytes = wire(text);
  const found = brokenHeadEdits(from, bytes, names);
  expect(edited(bytes.subarray(0, found.kept), found.edits)).toBe(kept);
});
