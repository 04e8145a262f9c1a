import { expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { harOf, leftOutOf } from './har.ts';

const said = (from: 'client' | 'server', text: string, coding: BufferEncoding = 'utf8') => ({
  from,
  bytes: Buffer.from(text, coding),
});

/** A WebSocket with a text and a ping, and behind it plain TCP. */
function chatted(): Session {
  const session = new Session();
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-';
  new TapScript(session.take, 1)
    .open()
    .say(
      said('client', `GET /ws HTTP/1.1\r\nHost: a\r\n${upgrade}Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`),
      said('server', `HTTP/1.1 101 Up\r\n${upgrade}Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`),
      said('server', '8102686989008100', 'hex'),
    )
    .end('client', 'server')
    .close();
  new TapScript(session.take, 2).open().say(said('server', 'SSH-2.0-x\r\n')).close();
  return session;
}

test('of an exchange its request, its response, and the messages that are meant', () => {
  const part = {
    hasExchange: () => true,
    hasMessage: (_: number, { kind }: { readonly kind: string }) => kind === 'ping',
    hasFailure: () => true,
  };
  const har = [...harOf(chatted(), { version: '1', part })].join('');
  expect(har.match(/"opcode":\d+/g)).toEqual(['"opcode":9']);
  expect(har).toContain('"status":101');
});

test('an exchange that is not meant is neither in it nor told as left out', () => {
  const part = { hasExchange: () => false, hasMessage: () => true, hasFailure: () => true };
  const session = chatted();
  expect([...harOf(session, { version: '1', part })].join('')).toContain('"entries":[\n]');
  expect(leftOutOf(session, part).exchanges).toEqual({});
  expect(leftOutOf(session).exchanges).toEqual({ tcp: 1 });
});
