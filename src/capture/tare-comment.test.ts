import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClosingFacts, ConnectionFacts } from '../tap.ts';
import { closedComment, failedComment, lostComment, openedComment, readComment } from './tare-comment.ts';

const facts: ConnectionFacts = {
  mode: 'connect',
  client: 3,
  clientAddress: { host: '::1', port: 50_000 },
  server: { host: 'chat.example', port: 443 },
  serverAddress: { host: '192.0.2.1', port: 443 },
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: undefined, serverName: 'chat.example' },
  timings: { dns: 0.5, tls: 12 },
};
const bare: ConnectionFacts = {
  ...facts,
  mode: 'reverse',
  serverAddress: undefined,
  tls: undefined,
  timings: {},
};
const both = (client: number, server = client) => ({ client, server });
const closing: ClosingFacts = {
  tapped: both(1, 2),
  upstream: both(3),
  tls: both(4),
  proxy: both(5),
  downstream: both(6),
  unrelayed: both(Number.MAX_SAFE_INTEGER),
};
const network = {
  packets: both(1),
  headers: both(2),
  retransmitted: both(3),
  missing: both(4),
  roundTrip: undefined,
};
const earlier = { age: 9_000, tapped: both(10, 20) };
const attempt = {
  mode: 'connect',
  client: 1,
  clientAddress: facts.clientAddress,
  server: facts.server,
  failure: { code: 'DNS_FAILED', message: 'no\u0000 such "host"' },
  proxy: both(7),
} as const;

describe('reads what was written of', () => {
  test.each([
    {
      name: 'facts',
      text: openedComment(4, facts),
      told: { type: 'opened', connection: 4, facts, earlier: undefined },
    },
    {
      name: 'few facts',
      text: openedComment(1, bare, earlier),
      told: { type: 'opened', connection: 1, facts: bare, earlier },
    },
    {
      name: 'an end',
      text: closedComment('ended', closing),
      told: { type: 'closed', reason: 'ended', closing },
    },
    {
      name: 'an end in a capture',
      text: closedComment('capture-ended', { ...closing, network }),
      told: { type: 'closed', reason: 'capture-ended', closing: { ...closing, network } },
    },
    { name: 'a failure', text: failedComment(2, attempt), told: { type: 'failed', connection: 2, attempt } },
    {
      name: 'a failure without a server',
      text: failedComment(2, { ...attempt, server: undefined }),
      told: { type: 'failed', connection: 2, attempt: { ...attempt, server: undefined } },
    },
    { name: 'a hole', text: lostComment(both(0, 5)), told: { type: 'lost', lost: both(0, 5) } },
  ])('$name', ({ text, told }) => {
    expect(readComment(text)).toEqual(told);
  });
});

test('keeps within an option of a block, whatever a client asked for', () => {
  const host = '\u0000'.repeat(100_000);
  const long = { host, port: 1 };
  const texts = [
    openedComment(1, { ...facts, server: long, clientAddress: long, serverAddress: long }),
    failedComment(1, {
      ...attempt,
      server: long,
      clientAddress: long,
      failure: { code: 'LOOP', message: host },
    }),
  ];
  for (const text of texts) {
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    expect(readComment(text)).toBeDefined();
  }
});

describe('takes none of what is not its own', () => {
  const opened = openedComment(4, facts);
  const closed = closedComment('ended', { ...closing, network });
  const failed = failedComment(2, attempt);

  test.each([
    '',
    'tare',
    'tare ',
    'tare null',
    'tare []',
    'tare {}',
    'tare {"v":1}',
    'tare {"v":1,"opened":null}',
    'tare {"v":1,"lost":{"client":-1,"server":0}}',
    'tare {"v":1,"lost":{"client":1.5,"server":0}}',
    'a packet that somebody wrote a comment on',
    opened.slice(0, -1),
    opened.replace('"v":1', '"v":2'),
    opened.replace('"connect"', '"toString"'),
    opened.replace('50000', '65536'),
    opened.replace('"chat.example"', '7'),
    opened.replace('"dns":0.5', '"dns":-1'),
    opened.replace('"version":"TLSv1.3"', '"version":null'),
    closed.replace('"ended"', '"constructor"'),
    closed.replace('"tapped":{"client":1', '"tapped":{"client":"1"'),
    closed.replace('"packets":{"client":1', '"packets":{"client":1e300'),
    failed.replace('DNS_FAILED', 'OTHER'),
    failed.replace('"message":', '"words":'),
  ])('%j', (text) => {
    expect(readComment(text)).toBeUndefined();
  });

  test('any JSON', () => {
    fc.assert(fc.property(fc.json(), (json) => readComment(`tare {"v":1,"opened":${json}}`) === undefined));
  });
});
