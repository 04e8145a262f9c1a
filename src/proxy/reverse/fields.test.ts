import { describe, expect, test } from 'vitest';
import {
  fieldsByName,
  interimFields,
  isBodiless,
  type ResponseContext,
  requestFields,
  responseFields,
} from './fields.ts';
import { reverseOrigin } from './origin.ts';
import type { RawFields } from './raw-fields.ts';

const target = new URL('https://h.test/base');
const origin = reverseOrigin({ target, keepHost: false });
const keeping = reverseOrigin({ target, keepHost: true });

/** Field lines as one writes them, and back. */
const raw = (lines: readonly string[]): RawFields => lines.flatMap((line) => line.split(/:(.*)/).slice(0, 2));
const lines = (fields: RawFields): string[] =>
  fields.flatMap((name, at) => (at % 2 === 0 ? [`${name}:${fields[at + 1]}`] : []));

describe('a request', () => {
  test.each([
    {
      name: 'keeps case, order and duplicates',
      sent: ['hOST:me:1', 'X-a:1', 'x-A:2', 'X-a:3', 'Accept:*/*'],
      got: ['hOST:h.test', 'X-a:1', 'x-A:2', 'X-a:3', 'Accept:*/*'],
    },
    { name: 'gets a Host where it has none', sent: ['A:1'], got: ['Host:h.test', 'A:1'] },
    { name: 'keeps its Host if wanted', from: keeping, sent: ['Host:me:1'], got: ['Host:me:1'] },
    {
      name: 'of a page of tare',
      sent: ['Host:me:1', 'Origin:http://ME:1'],
      got: ['Host:h.test', 'Origin:https://h.test'],
    },
    {
      name: "of a stranger's page",
      sent: ['Host:me:1', 'Origin:http://evil.test'],
      got: ['Host:h.test', 'Origin:http://evil.test'],
    },
    {
      name: 'of a page of tare, its Host kept',
      from: keeping,
      sent: ['Host:me:1', 'Origin:http://me:1'],
      got: ['Host:me:1', 'Origin:http://me:1'],
    },
    {
      name: 'does not close a connection that others use',
      sent: ['Host:me', 'Connection:close', 'Keep-Alive:timeout=5', 'Proxy-Connection:x'],
      got: ['Host:h.test', 'Connection:keep-alive'],
    },
    {
      name: 'keeps to this hop what its Connection names, but for what frames it',
      sent: [
        'Host:me',
        'Connection:close, X-Secret, TE, Content-Length',
        'X-Secret:s',
        'TE:trailers',
        'Content-Length:3',
      ],
      got: ['Host:h.test', 'Connection:keep-alive', 'Content-Length:3'],
    },
    {
      name: 'keeps its Host and its framing whatever Connection says of them',
      sent: [
        'Connection:Host,connection',
        'hOST:me',
        'connection:transfer-encoding',
        'Transfer-Encoding:chunked',
      ],
      got: ['Connection:keep-alive', 'hOST:h.test', 'connection:keep-alive', 'Transfer-Encoding:chunked'],
    },
    { name: 'keeps what it takes to itself', sent: ['Host:me', 'TE:trailers'], got: ['Host:h.test'] },
    {
      name: 'that switches keeps the rest of what its Connection names to this hop',
      switches: true,
      sent: ['Host:me', 'Connection:x, Upgrade,keep-alive', 'Upgrade:websocket', 'X:1', 'TE:trailers', 'Y:2'],
      got: ['Host:h.test', 'Connection:Upgrade, keep-alive', 'Upgrade:websocket', 'Y:2'],
    },
    {
      name: 'does not ask for another protocol',
      sent: ['Host:me', 'Connection:Upgrade, HTTP2-Settings', 'Upgrade:h2c', 'HTTP2-Settings:AAMAAABk'],
      got: ['Host:h.test', 'Connection:keep-alive'],
    },
    {
      name: 'does, where its connection is for that',
      switches: true,
      sent: ['Host:me', 'connection:Upgrade', 'upgrade:websocket', 'Sec-WebSocket-Key:x'],
      got: ['Host:h.test', 'connection:Upgrade', 'upgrade:websocket', 'Sec-WebSocket-Key:x'],
    },
    {
      name: 'keeps chunks of a DELETE',
      method: 'DELETE',
      sent: ['Host:me', 'Transfer-Encoding:chunked', 'Trailer:T'],
      got: ['Host:h.test', 'Transfer-Encoding:chunked', 'Trailer:T'],
    },
    { name: 'announces no trailers without chunks', sent: ['Host:me', 'Trailer:T'], got: ['Host:h.test'] },
    {
      name: 'says that a POST has no body',
      method: 'POST',
      sent: ['Host:me'],
      got: ['Host:h.test', 'Content-Length:0'],
    },
    { name: 'a DELETE has none anyway', method: 'DELETE', sent: ['Host:me'], got: ['Host:h.test'] },
    {
      name: 'says nothing of who forwarded it, and keeps what others said',
      sent: ['Host:me', 'X-Forwarded-For:1.2.3.4', 'Via:1.1 x'],
      got: ['Host:h.test', 'X-Forwarded-For:1.2.3.4', 'Via:1.1 x'],
    },
  ])('$name', ({ method = 'GET', from = origin, switches = false, sent, got }) => {
    expect(lines(requestFields(method, raw(sent), from, switches))).toEqual(got);
  });
});

describe('a response', () => {
  const context: ResponseContext = { clientHost: 'me:1', keepsChunks: true, connection: 'stays' };
  test.each([
    {
      name: 'keeps case, order and duplicates',
      told: ['X-a:1', 'Vary:b', 'x-A:2', 'VARY:c'],
      got: ['X-a:1', 'Vary:b', 'x-A:2', 'VARY:c'],
    },
    {
      name: 'that redirects',
      told: ['LOCATION:https://h.test/base/x', 'Content-Location:/base/y'],
      got: ['LOCATION:http://me:1/x', 'Content-Location:/y'],
    },
    {
      name: 'that sets cookies',
      told: ['Set-Cookie:a=1; Domain=h.test', 'set-cookie:b=2; Path=/base'],
      got: ['Set-Cookie:a=1', 'set-cookie:b=2; Path=/'],
    },
    {
      name: 'says of the connection what is true of both',
      told: ['Connection:keep-alive', 'Keep-Alive:timeout=5'],
      got: ['Connection:keep-alive', 'Keep-Alive:timeout=5'],
    },
    {
      name: 'keeps to its hop what its Connection names, but for what frames it',
      told: [
        'X-Hop:1',
        'Connection:x-hop, content-length',
        'Upgrade:h2c',
        'connection:UPGRADE',
        'Content-Length:2',
      ],
      got: ['Content-Length:2'],
    },
    {
      name: 'that switches keeps the rest of what its Connection names to its hop',
      connection: 'switches' as const,
      told: ['Connection:Upgrade, X-Hop', 'X-Hop:1', 'Upgrade:websocket', 'connection:X-Hop'],
      got: ['Connection:Upgrade', 'Upgrade:websocket'],
    },
    { name: "not that the origin's ends", told: ['Connection:close'], got: [] },
    {
      name: "not that the origin's stays",
      connection: 'ends' as const,
      told: ['Connection:keep-alive', 'Keep-Alive:timeout=5'],
      got: [],
    },
    {
      name: 'that switches protocols',
      connection: 'switches' as const,
      told: ['Upgrade:websocket', 'Connection:Upgrade'],
      got: ['Upgrade:websocket', 'Connection:Upgrade'],
    },
    {
      name: 'has one length at most',
      told: ['Content-Length:5', 'Transfer-Encoding:chunked', 'Trailer:T'],
      got: ['Transfer-Encoding:chunked', 'Trailer:T'],
    },
    {
      name: 'has no chunks where they are taken off',
      keepsChunks: false,
      told: ['Transfer-Encoding:chunked', 'Trailer:T', 'A:1'],
      got: ['A:1'],
    },
    ...[
      { told: ['gzip, Chunked'], got: ['gzip'] },
      { told: ['gzip', 'chunked'], got: ['gzip'] },
      { told: ['gzip'], got: ['gzip'] },
      { told: ['chunked, gzip'], got: ['chunked, gzip'] },
      { told: ['chunked', 'gzip'], got: ['chunked', 'gzip'] },
    ].map(({ told, got }) => ({
      name: `keeps its other codings: ${told.join(' and ')}`,
      keepsChunks: false,
      told: told.map((value) => `Transfer-Encoding:${value}`),
      got: got.map((value) => `Transfer-Encoding:${value}`),
    })),
    {
      name: 'whose last coding is not chunked has neither a length nor trailers',
      told: ['Transfer-Encoding:gzip', 'Content-Length:5', 'Trailer:T'],
      got: ['Transfer-Encoding:gzip'],
    },
  ])('$name', ({ told, got, ...others }) => {
    expect(lines(responseFields(raw(told), origin, { ...context, ...others }))).toEqual(got);
  });
});

test('fields by name: several of one name as a list, names as they are', () => {
  const fields = raw(['a:1', 'A:2', 'a:3', 'constructor:x', '__proto__:y', 'a:4']);
  expect(Object.entries(fieldsByName(fields))).toEqual([
    ['a', ['1', '3', '4']],
    ['A', '2'],
    ['constructor', 'x'],
    ['__proto__', 'y'],
  ]);
});

test('a response before the one that counts has no body and nothing of its hop', () => {
  const fields = raw([
    'Link:</a>',
    'Connection:X',
    'x:1',
    'Content-Length:5',
    'Transfer-Encoding:chunked',
    'link:</b>',
  ]);
  expect(lines(interimFields(fields))).toEqual(['Link:</a>', 'link:</b>']);
});

test.each([
  { told: ['A:1'], bodiless: true },
  { told: ['content-length:0'], bodiless: true },
  { told: ['Content-Length:5'], bodiless: false },
  { told: ['Transfer-Encoding:chunked'], bodiless: false },
])('a request of $told is bodiless: $bodiless', ({ told, bodiless }) => {
  expect(isBodiless(raw(told))).toBe(bodiless);
});
