import { expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import type { ConnectionFacts, Endpoint } from '../tap.ts';
import { clientHello } from '../testing/client-hello.ts';
import { client, deflatedWebSocket, eventStream, http, type Said, server } from '../testing/conversations.ts';
import { playPolls } from '../testing/poll-script.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { SliceChoice, type SliceWish } from './slice-choice.ts';

const at = (host: string, port = 80) => ({ server: { host, port } });
const NO_CONTENT = server('HTTP/1.1 204 No Content\n\n');

const plots: readonly (readonly [facts: Partial<ConnectionFacts>, said: readonly Said[]])[] = [
  [at('a.example'), http],
  [{ ...at('b.example', 81), serverAddress: { host: '192.0.2.2', port: 81 } }, deflatedWebSocket],
  [at('c.example'), eventStream],
  [at('192.0.2.4', 8080), [client('GET / HTTP/1.1\nHost: named.example\n\n'), NO_CONTENT]],
  [at('192.0.2.5'), [client('GET / HTTP/1.1\nHost: [2001:db8::1]:82\n\n'), NO_CONTENT]],
  [
    {
      ...at('192.0.2.6'),
      tls: { version: 'TLSv1.3', cipher: 'x', alpn: undefined, serverName: 'sni.example' },
    },
    [server('220 hello\n')],
  ],
  [at('192.0.2.7', 8443), [{ from: 'client', bytes: await clientHello('hello.example') }]],
];
const SILENT = 8;
const POLLS = 9;
const FAILED = 10;

/** Of a session with the connections above, one that says nothing, one that polls, and one that failed, those that are meant. */
function chosen(wish: SliceWish): number[] {
  const session = new Session();
  const choice = new SliceChoice(session, wish);
  for (const [index, [facts, said]] of plots.entries()) {
    new TapScript(session.take, index + 1)
      .open(facts)
      .say(...said)
      .close('capture-ended');
  }
  new TapScript(session.take, SILENT).open().end('client', 'server').close();
  playPolls(session.take, ['a', 'b', 'c', 'd', 'e'], '/polled', POLLS);
  const { facts: _, ...attempt } = { ...FACTS, facts: undefined, ...at('gone.example', 443) };
  const failure = { code: 'DNS_FAILED', message: '' } as const;
  session.take({
    type: 'failed',
    connection: FAILED,
    at: 9e9,
    ...attempt,
    failure,
    proxy: { client: 0, server: 0 },
  });
  session.close();
  return Array.from({ length: FAILED }, (_, index) => index + 1).filter((number) => choice.has(number));
}

const isAt = (host: string, port?: number) => (found: Endpoint, serverName?: string) =>
  (found.host === host || serverName === host) && (port === undefined || found.port === port);

test.each<{ name: string; wish: SliceWish; meant: number[] }>([
  { name: 'nothing said', wish: {}, meant: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  { name: 'a number', wish: { isConnection: (number) => number > 8 }, meant: [9, 10] },
  { name: 'the host that was asked for', wish: { isServer: isAt('b.example') }, meant: [2] },
  { name: 'its address', wish: { isServer: isAt('192.0.2.2', 81) }, meant: [2] },
  { name: 'the host of a request', wish: { isServer: isAt('named.example') }, meant: [4] },
  {
    name: 'that host at the port of the server',
    wish: { isServer: isAt('named.example', 8080) },
    meant: [4],
  },
  { name: 'a host and a port of a request', wish: { isServer: isAt('2001:db8::1', 82) }, meant: [5] },
  { name: 'the name that TLS asks for', wish: { isServer: isAt('sni.example') }, meant: [6] },
  {
    name: 'the name that unopened TLS asks for',
    wish: { isServer: isAt('hello.example', 8443) },
    meant: [7],
  },
  { name: 'TLS', wish: { protocols: new Set(['tls']) }, meant: [7] },
  { name: 'the host of one that failed', wish: { isServer: isAt('gone.example', 443) }, meant: [10] },
  { name: 'a host nobody asked for', wish: { isServer: isAt('none.example') }, meant: [] },
  { name: 'WebSockets', wish: { protocols: new Set(['websocket']) }, meant: [2] },
  { name: 'event streams', wish: { protocols: new Set(['sse']) }, meant: [3] },
  { name: 'HTTP', wish: { protocols: new Set(['http1']) }, meant: [1, 3, 4, 5, 9] },
  { name: 'raw TCP', wish: { protocols: new Set(['tcp']) }, meant: [6] },
  { name: 'polls', wish: { protocols: new Set(['poll']) }, meant: [9] },
  { name: 'one or the other', wish: { protocols: new Set(['sse', 'poll']) }, meant: [3, 9] },
  {
    name: 'host and protocol',
    wish: {
      isServer: ({ host }) => host === 'c.example' || host === 'b.example',
      protocols: new Set(['sse']),
    },
    meant: [3],
  },
])('$name', ({ wish, meant }) => {
  expect(chosen(wish)).toEqual(meant);
});
