import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clientHello } from '../testing/client-hello.ts';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { expectServing } from '../testing/still-serves.ts';
import { openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const LATE =
  /^HTTP\/1.1 408 Request Timeout\r\n[\s\S]*tare: the head of this request was not whole within 0.05 s/;
const clientTimeoutMs = 50;

const get = (authority: string, path = '') => `GET http://${authority}/${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** Lets a client of its own be too late with a head: whoever began before has then been waited for as long. */
async function timeToPass(port: number): Promise<void> {
  await using client = dialPeer(port);
  client.write('GET ');
  await client.ended();
}

describe('a head that is begun and not ended in time', () => {
  test('however it drips, is answered in words', async () => {
    await using proxy = await startWeighedProxy({ clientTimeoutMs });
    await using client = dialPeer(proxy.port);
    client.write('GET http://x/');
    while (!client.socket.readableEnded) {
      client.write('x');
      await new Promise(setImmediate);
    }
    expect(client.text).toMatch(LATE);
    client.socket.end();
    expect((await proxy.over()).failure).toMatchObject({ code: 'CLIENT_TIMEOUT' });
    await expectServing(proxy.port);
  });

  test('behind a request that is not answered yet, has to wait for that', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ clientTimeoutMs });
    await using client = dialPeer(proxy.port);
    client.write(`${get(origin.authority)}GET http://`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    await timeToPass(proxy.port);
    expect(client.text).toBe('');
    server.write(OK);
    const answers = await client.ended();
    expect(answers.slice(0, OK.length)).toBe(OK);
    expect(answers.slice(OK.length)).toMatch(LATE);
    await expectServing(proxy.port);
  });
});

test('half a ClientHello goes to the server as it is, which may wait for the rest as long as it likes', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy({ clientTimeoutMs });
  const hello = await clientHello('localhost');
  await using client = new Peer(await openTunnel(proxy.port, origin.authority, hello.subarray(0, 100)));
  client.socket.resume();
  const server = await origin.next();
  await server.until(100);
  client.write(hello.subarray(100));
  await server.until(hello.length);
  expect(server.bytes.equals(hello)).toBe(true);
  expect(proxy.session.connections.get(1)?.facts?.tls).toBeUndefined();
  await expectServing(proxy.port);
});

test('who says nothing is not hurried: a new client, a kept one, a tunnel, a body', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy({ clientTimeoutMs });
  await using fresh = dialPeer(proxy.port);
  await using kept = dialPeer(proxy.port);
  kept.write(get(origin.authority, 'kept'));
  const keptServer = await origin.next();
  await keptServer.until('\r\n\r\n');
  keptServer.write(OK);
  await kept.until(OK);
  await using tunnel = new Peer(await openTunnel(proxy.port, origin.authority));
  const tunnelServer = await origin.next();
  await using sender = dialPeer(proxy.port);
  sender.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf`);
  const senderServer = await origin.next();
  await senderServer.until('half');
  await timeToPass(proxy.port);

  fresh.write(get(origin.authority, 'fresh'));
  await (await origin.next()).until('/fresh ');
  kept.write(get(origin.authority, 'again'));
  await keptServer.until('/again ');
  tunnel.write('\x01');
  await tunnelServer.until('\x01');
  sender.write(' done');
  await senderServer.until('half done');
});

describe('a client that asks on and on without an answer', () => {
  test('waits at 1,000 requests, and goes on once they are answered', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(Array.from({ length: 1_500 }, (_, number) => get(origin.authority, `${number}`)).join(''));
    const server = await origin.next();
    await server.until('/999 ');
    await expectServing(proxy.port);
    expect(server.text).not.toContain('/1000 ');
    server.write(OK.repeat(1_000));
    await server.until('/1499 ');
    server.write(OK.repeat(500));
    expect(await client.until(1_500 * OK.length)).toBe(OK.repeat(1_500));
    expect(server.text.match(/GET \/\d+/g)).toEqual(
      Array.from({ length: 1_500 }, (_, number) => `GET /${number}`),
    );
  });

  test('to another origin: its going is seen while up to 1 MiB waits', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const more = Buffer.from(get('127.0.0.1:1').repeat(15_000));
    client.write(Buffer.concat([Buffer.from(get(origin.authority)), more]));
    const server = await origin.next();
    await server.until('\r\n\r\n');
    await expectServing(proxy.port);
    client.socket.resetAndDestroy();
    await server.closed();
    expect(await proxy.outcome()).toMatch(/^client-(reset|gone)$/);
    await expectServing(proxy.port);
  });

  test('to another origin: past 1 MiB it is paused, and let go when its server stays silent', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ clientTimeoutMs });
    await using client = dialPeer(proxy.port);
    client.write(get(origin.authority) + get('127.0.0.1:1').repeat(200_000));
    const server = await origin.next();
    await server.ended();
    expect(await client.ended()).toBe('');
    client.socket.end();
    const failure = await proxy.until(({ connections }) => connections.get(2)?.failure);
    expect(failure).toEqual({
      code: 'CLIENT_TIMEOUT',
      message: 'over 1 MiB came behind a request that waits, and for 0.05 s not a byte from its server',
    });
    expect(await proxy.outcome()).toBe('client-gone');
    await expectServing(proxy.port);
  });
});

test('an earlier server that takes its last bytes late does not let go a client whose CONNECT is dialled', async () => {
  await using origin = await startRawOrigin();
  await using other = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  const body = Buffer.alloc(8 << 20, 'body');
  client.write(
    `POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.socket.pause();
  server.write(OK);
  await client.until(OK);
  const early = Buffer.alloc(1 << 20, '\x01early');
  client.write(body);
  client.write(`CONNECT localhost:${other.port} HTTP/1.1\r\n\r\n`);
  client.write(early);
  server.socket.resume();
  const tunnelled = await other.next();
  await tunnelled.until(early.length);
  expect(tunnelled.bytes.equals(early)).toBe(true);
});

test.runIf(process.platform === 'linux')('a client whose machine is gone is asked for in time', async () => {
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  await expectServing(proxy.port);
  expect(timerOf(proxy.port, client.socket.localPort!)).toBe('keep-alive');
});

/** What the system waits for on the socket from `local` to `remote` port, by its table. */
function timerOf(local: number, remote: number): string | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, from, to]) => from?.endsWith(`:${hex(local)}`) && to?.endsWith(`:${hex(remote)}`));
  return row?.[5]?.startsWith('02:') ? 'keep-alive' : row?.[5];
}
