import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { heldMemory } from '../testing/held-memory.ts';
import { type SharedProxy, startSharedProxy } from '../testing/shared-proxy.ts';

let proxy: SharedProxy;
beforeAll(async () => {
  proxy = await startSharedProxy();
});
afterEach(() => proxy.expectToServe());
afterAll(() => proxy[Symbol.asyncDispose]());

const MIB = 1 << 20;
const GET = 'GET /events HTTP/1.1\r\nHost: a\r\n\r\n';
const BOM = '\xef\xbb\xbf';
const ONE = 'server event message: framing 8, payload 1';
const rule = (detail: string) => `server WHATWG HTML section 9.2.6: ${detail}`;
const DISCARDED = rule('the stream ended inside an event: clients discard it');
const NO_RETRY = rule('a retry that is not of digits: clients ignore it');

function ok(fields = '', type = 'text/event-stream'): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${fields}\r\n`;
}

/** The name of an event that is cut off shows, or does not. */
const cutOff = (weights: string) =>
  expect.stringMatching(new RegExp(`^server event( message)?: ${weights}cut off$`));

interface Case {
  readonly name: string;
  readonly type?: string;
  readonly fields?: string;
  readonly body: string | Buffer;
  /** Of the events, and then the faults. */
  readonly shows: readonly unknown[];
}

const plain: readonly Case[] = [
  {
    name: 'an event without its blank line',
    body: 'data: a\n\ndata: b\n',
    shows: [ONE, cutOff('framing 7, payload 1, '), DISCARDED],
  },
  {
    name: 'a line without its end',
    body: 'data: a\n\ndata: b',
    shows: [ONE, cutOff('framing 6, payload 1, '), DISCARDED],
  },
  {
    name: 'CR, LF and CR LF',
    body: 'data: a\r\rdata: a\n\ndata: a\r\n\r\n',
    shows: [ONE, ONE, 'server event message: framing 10, payload 1'],
  },
  {
    name: 'CR LF that chunks cut',
    fields: 'Transfer-Encoding: chunked\r\n',
    body: '8\r\ndata: a\r\r\n2\r\n\n\r\r\n1\r\n\n\r\n0\r\n\r\n',
    shows: ['server event message: framing 17, payload 1'],
  },
  {
    name: 'a BOM, and another that makes a line one that nobody knows',
    body: `${BOM}data: a\n\n${BOM}data: b\n\n`,
    shows: ['server event message: framing 11, payload 1'],
  },
  {
    name: 'NUL in an id',
    body: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    shows: [
      'server event message: framing 13, payload 2',
      'server event message: framing 15, payload 1',
      rule('an id with a NUL in it: clients ignore it'),
    ],
  },
  { name: 'NUL in data', body: 'data: a\0b\n\n', shows: ['server event message: framing 8, payload 3'] },
  {
    name: 'a retry in words',
    body: 'retry: soon\ndata: a\n\n',
    shows: ['server event message: framing 20, payload 1', NO_RETRY],
  },
  { name: 'a negative retry', body: 'retry: -1\n\n', shows: [NO_RETRY] },
  {
    name: 'data that is not UTF-8',
    body: 'data: \xff\n\ndata: a\n\n',
    shows: [ONE, ONE, rule('the data is not UTF-8: clients replace what is wrong')],
  },
  {
    name: 'fields nobody knows',
    body: 'Data: a\nfoo\ndata: b\n\n',
    shows: ['server event message: framing 20, payload 1'],
  },
  { name: 'a type in capitals', type: 'Text/Event-STREAM', body: 'data: a\n\n', shows: [ONE] },
  { name: 'a charset', type: 'text/event-stream ;charset=latin1', body: 'data: a\n\n', shows: [ONE] },
];

const gzip = (text: string) => gzipSync(text, { level: 0 });
const spoilt = gzip('data: a\n\n');
spoilt.fill(0, spoilt.length - 8, spoilt.length - 4);
const coding = (detail: string) => `server RFC 9110 section 8.4: ${detail}`;

const compressed: readonly Case[] = [
  { name: 'gzip that is none', body: 'data: a\n\n', shows: [coding('incorrect header check')] },
  {
    name: 'gzip cut short in an event',
    body: gzip('data: a\n\ndata: bcd\n\n').subarray(0, 31),
    shows: ['server event message: payload 31', cutOff(''), DISCARDED],
  },
  {
    name: 'gzip cut short in its checksum, behind the event',
    body: gzip('data: a\n\n').subarray(0, -4),
    shows: ['server event message: payload 28'],
  },
  { name: 'gzip with a wrong checksum', body: spoilt, shows: [coding('incorrect data check')] },
  {
    name: 'gzip with something else behind it',
    body: Buffer.concat([gzip('data: a\n\n'), Buffer.from('data: b\n\n')]),
    shows: [coding('incorrect header check')],
  },
  {
    name: 'a gzip bomb: 20 MiB of zeros in 20 KiB',
    body: gzipSync(Buffer.alloc(20 * MIB)),
    shows: ['server limit: a slice of the body inflates to too much'],
  },
].map((one) => ({ ...one, fields: 'Content-Encoding: gzip\r\n' }));

const unknown: Case = {
  name: 'a coding nobody knows',
  fields: 'Content-Encoding: x-rot13\r\n',
  body: 'qngn: n\n\n',
  shows: [coding('unknown content coding x-rot13')],
};

test.each<Case>([...plain, ...compressed, unknown])('$name', async ({ type, fields, body, shows }) => {
  const head = ok(fields, type);
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const answer = Buffer.concat([Buffer.from(head), bytes]);
  const { rows, faults, connection } = await proxy.meet({ client: GET, server: answer });
  expect([...rows, ...faults]).toEqual([
    `client request: head ${GET.length}`,
    `server response: head ${head.length}`,
    ...shows,
  ]);
  expect(connection.protocol).toBe('sse');
  expect(connection.ledger.server.undecoded).toBe(0);
});

test('a line of 50 MB: goes through, is counted, and is not kept', async () => {
  const { client, server } = await proxy.tunnel(GET);
  let received = 0;
  client.on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  client.resume();
  const before = await heldMemory();
  const line = Buffer.alloc(MIB, 'x');
  server.socket.write(`${ok()}data: `);
  for (let sent = 0; sent < 50; sent++) {
    if (!server.socket.write(line)) await once(server.socket, 'drain');
  }
  while (received < 50 * MIB) await once(client, 'data');
  expect((await heldMemory()) - before).toBeLessThan(8 * MIB);
  server.socket.end('\n\ndata: a\n\n');
  await once(client, 'end');
  client.end();
  await server.closed();
  expect(received).toBe(ok().length + 50 * MIB + 'data: \n\ndata: a\n\n'.length);
  const { rows, faults } = await proxy.shown();
  expect(rows.slice(2)).toEqual([`server event message: framing 8, payload ${50 * MIB}`, ONE]);
  expect(faults).toEqual(['server limit: a line of more than 1048576 bytes']);
});
