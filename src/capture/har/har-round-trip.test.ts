import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange } from '../../session/exchange.ts';
import { Session } from '../../session/session.ts';
import type { ConversationScript } from '../../testing/conversation-script.ts';
import { http } from '../../testing/conversations.ts';
import { checkHar } from '../../testing/har-checker.ts';
import { randomConversation } from '../../testing/random-conversation.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { harOf } from './har.ts';
import { type HarSource, readHar } from './har-source.ts';

const EPOCH = 1_700_000_000_123_456_789n;

test('any conversation means the same when it went through a HAR', () => {
  fc.assert(
    fc.property(randomConversation, (script) => {
      const session = told(script);
      const har = [...harOf(session, { version: '0' })].join('');
      expect(checkHar(JSON.parse(har))).toEqual([]);
      const source = readHar(har);
      const again = sessionOf(source);
      expect(source.problems.filter(({ type }) => type === 'damaged')).toEqual([]);
      expect(meaning(again)).toEqual(meaning(session));
    }),
    { numRuns: 30 },
  );
});

test('what is known of a connection stays known', () => {
  const session = new Session();
  session.epoch = EPOCH;
  const tls = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: 'http/1.1',
    serverName: 'chat.example',
  };
  const facts = { client: 7, tls, timings: { dns: 1, connect: 2.5, tls: 3 } };
  const weight = { client: 517, server: 4096 };
  new TapScript(session.take)
    .open(facts)
    .say(...http)
    .close('server-reset', { tls: weight });
  const again = sessionOf(readHar([...harOf(session, { version: '0' })].join('')));
  const [before, after] = [session.connections.get(1), again.connections.get(1)];
  expect(after).toMatchObject({ client: 7, reason: 'server-reset', closing: { tls: weight } });
  expect(after?.facts).toEqual({
    ...before?.facts,
    mode: 'har',
    reconstructed: true,
    tls: { ...tls, alpn: undefined },
  });
  expect(after?.exchanges).toBe(before?.exchanges);
  expect(again.audit().imbalances).toEqual([]);
});

test.each([
  { name: 'a recording that ends too soon', closing: { unknown: true } as const, unknown: true },
  { name: 'one that closed', closing: { tls: { client: 1, server: 2 } }, unknown: undefined },
])('whether it is known what TLS took stays known: $name', ({ closing, unknown }) => {
  const session = new Session();
  const tls = { version: 'TLSv1.3', cipher: '', alpn: undefined, serverName: 'chat.example' };
  new TapScript(session.take)
    .open({ tls })
    .say(...http)
    .close('capture-ended', closing);
  const again = sessionOf(readHar([...harOf(session, { version: '0' })].join('')));
  expect(again.connections.get(1)?.closing?.unknown).toBe(unknown);
});

test('heads and bodies that were kept weigh the same', () => {
  const session = new Session();
  new TapScript(session.take)
    .open()
    .say(...http)
    .end('client', 'server')
    .close();
  const source = readHar([...harOf(session, { version: '0' })].join(''));
  const again = sessionOf(source);
  const weights = (one: Session) =>
    Array.from(one.exchanges, ({ ledger: { client, server } }) => [client.payload, server.payload]);
  expect(weights(again)).toEqual(weights(session));
  expect(source.problems).toEqual([]);
});

function sessionOf(source: HarSource): Session {
  const session = new Session();
  session.epoch = source.epoch;
  for (const event of source.events()) session.take(event);
  return session;
}

function told(script: ConversationScript): Session {
  const session = new Session();
  session.epoch = EPOCH;
  const tap = new TapScript(session.take).open();
  for (const { from, bytes } of script.steps) tap.say({ from, bytes: Buffer.from(bytes, 'latin1') });
  tap.end(script.endsFirst, script.endsFirst === 'client' ? 'server' : 'client').close();
  return session;
}

/** What a HAR can tell: all but informational responses, trailers, and how bodies and messages were framed. */
function meaning(session: Session) {
  return Array.from(session.exchanges, (exchange) => ({
    protocol: exchange.protocol,
    method: exchange.request?.method,
    target: exchange.request?.target,
    fields: exchange.request?.fields,
    status: exchange.response?.status,
    reason: exchange.response?.reason,
    answered: exchange.response?.fields.filter((field) => !isLengthOfEvents(exchange, field.name)),
    client: messages(session, exchange, 'client'),
    server: messages(session, exchange, 'server'),
    faults: exchange.faults,
  }));
}

/** Events are written with the fewest bytes that mean the same. */
function isLengthOfEvents({ protocol }: Exchange, name: string): boolean {
  return protocol === 'sse' && name.toLowerCase() === 'content-length';
}

function messages(session: Session, { number }: Exchange, side: 'client' | 'server') {
  return Array.from({ length: session.messages.length }, (_, index) => ({
    index,
    row: session.messages.row(index),
  }))
    .filter(({ row }) => row.exchange === number && row.from === side)
    .filter(({ row }) => row.kind !== 'response' || row.name === '')
    .map(({ index, row }) => {
      const bytes = row.contentLength > 0 ? session.messages.content(index) : session.messages.bytes(index);
      return { kind: row.kind, name: row.name, complete: row.complete, text: bytes?.toString('latin1') };
    });
}
