import { describe, expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';
import { openTunnel } from '../../testing/tunnel-client.ts';

describe('one port', () => {
  test('reverses, forwards and tunnels at once', async () => {
    await using origin = await startRawOrigin();
    await using other = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}/base`);
    await using reversed = dialPeer(proxy.port);
    await using forwarded = dialPeer(proxy.port);
    reversed.write('GET /r HTTP/1.1\r\nHost: me\r\n\r\n');
    forwarded.write(`GET http://${other.authority}/f HTTP/1.1\r\nHost: x\r\n\r\n`);
    const tunnel = await openTunnel(proxy.port, other.authority);
    tunnel.resume();
    tunnel.end('\x01');
    const servers = [await other.next(), await other.next()];
    const texts = await Promise.all([...servers, await origin.next()].map((server) => server.until(1)));
    expect(texts.map((text) => text.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
      '\x01',
      'GET /base/r',
      'GET /f',
    ]);
    const modes = [...proxy.session.connections.values()].map(({ facts }) => facts?.mode);
    expect(modes.sort()).toEqual(['connect', 'forward', 'reverse']);
  });

  test('a client that was forwarded may be reversed from then on', async () => {
    await using origin = await startRawOrigin();
    await using other = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${other.authority}/f HTTP/1.1\r\nHost: x\r\n\r\n${GET}`);
    const first = await other.next();
    await first.until('\r\n\r\n');
    first.write(OK);
    const second = await origin.next();
    await second.until('\r\n\r\n');
    second.write(OK);
    expect(await client.until(2 * OK.length)).toBe(OK + OK);
    first.socket.end();
    client.socket.end();
    await client.ended();
    expect([await proxy.outcome(1), await proxy.outcome(2)]).toEqual(['ended', 'ended']);
    expect((await proxy.over(2)).closing?.tapped).toEqual({ client: GET.length, server: OK.length });
  });

  test('but what is reversed stays so', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(`${GET}GET http://x.test/f HTTP/1.1\r\nHost: x.test\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    const told = await client.until(']');
    expect(told).toContain(`${OK}HTTP/1.1 400 Bad Request\r\n`);
    expect(told).toContain('GET http://x.test/f came over a connection whose requests are reversed');
    await endInOrder(client, proxy);
  });

  test.each([
    {
      name: 'a CONNECT',
      sent: 'CONNECT x.test:1 HTTP/1.1\r\n\r\n',
      words: 'CONNECT x.test:1 came over a connection',
    },
    {
      name: 'HTTP/2',
      sent: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      words: 'this is HTTP/2, and in reverse mode',
    },
    { name: 'no HTTP', sent: '\x16\x03\x01', words: 'this is not an HTTP request' },
    {
      name: 'a head that never ends',
      sent: `GET / HTTP/1.1\r\nX: ${'x'.repeat(300_000)}`,
      words: 'the head of this request is longer than 256 KiB',
    },
    {
      name: 'a request of two lengths',
      sent: 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      words: 'this is not an HTTP request',
    },
  ])('$name after a request is refused in words', async ({ sent, words }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(GET + sent);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    const told = await client.ended();
    expect(told).toContain(`${OK}HTTP/1.1 400 Bad Request\r\n`);
    expect(told).toContain(words);
    await endInOrder(client, proxy);
    expect(await proxy.outcome(2)).toBe('BAD_REQUEST');
  });
});

test('a head that takes too long is refused', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`, { clientTimeoutMs: 100 });
  await using client = dialPeer(proxy.port);
  client.write(`${GET}GET / HTTP/1.1\r\nHo`);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  expect(await client.ended()).toContain('was not whole within 0.1 s [CLIENT_TIMEOUT]');
  await endInOrder(client, proxy);
  expect(await proxy.outcome(2)).toBe('CLIENT_TIMEOUT');
});

test('half a request is told of', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.socket.end(`${GET}GET / HT`);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  expect(await client.ended()).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
  await endInOrder(client, proxy);
  expect((await proxy.over(2)).failure?.message).toBe('the client left in the middle of a request');
});

describe('a request whose body breaks off', () => {
  const BEGUN = 'POST /x HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
  const BREAK = 'no chunk\r\n';

  test('is refused, and the origin waits no longer', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(BEGUN);
    const server = await origin.next();
    await server.until('abc');
    client.write(BREAK);
    expect(await client.ended()).toContain('this is not an HTTP request: Invalid character in chunk size');
    await server.ended();
    await endInOrder(client, proxy);
    expect(await proxy.outcome(2)).toBe('BAD_REQUEST');
  });

  test('is refused in its turn', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(GET + BEGUN + BREAK);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    expect(await client.ended()).toContain(`${OK}HTTP/1.1 400 Bad Request\r\n`);
    expect(server.text).not.toContain('POST');
    await endInOrder(client, proxy);
  });

  test('after the answer has begun breaks that off', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(BEGUN);
    const server = await origin.next();
    await server.until('abc');
    server.write('HTTP/1.1 200 OK\r\n\r\nhalf');
    await client.until('half');
    client.write(BREAK);
    expect(await client.closed()).toBe('ECONNRESET');
    await server.ended();
    expect(await proxy.outcome()).toBe('client-gone');
  });
});

describe('a client', () => {
  test('that ends its side still gets the answer', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.socket.end(GET);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    expect(await client.ended()).toContain('ok');
    await endInOrder(client, proxy);
  });

  test('that wants its connection closed gets it closed', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write('GET / HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n');
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toContain('\r\nConnection: keep-alive\r\n');
    server.write(OK);
    expect(await client.ended()).toContain('\r\nConnection: close\r\n');
    await endInOrder(client, proxy);
  });

  test('that wants its connection closed is not served what it asks for behind that', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(
      `GET /1 HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n${GET.replace('GET', 'POST')}${GET}`,
    );
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    await client.ended();
    await endInOrder(client, proxy);
    expect(server.text).not.toContain('POST');
    expect(origin.connections).toBe(1);
  });

  test('that asks in a row is served in a row, the next request after the answer to the one before', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(
      [1, 2, 3]
        .map((count) => `GET / HTTP/1.1\r\nHost: me\r\nConnection: keep-alive\r\nX: ${count}\r\n\r\n`)
        .join(''),
    );
    const server = await origin.next();
    for (let count = 1; count <= 3; count++) {
      await server.until(`X: ${count}\r\n\r\n`);
      expect(server.text.match(/GET/g)).toHaveLength(count);
      server.write(OK);
      await client.until(count * OK.length);
    }
    expect(origin.connections).toBe(1);
    await endInOrder(client, proxy);
  });

  test('that asks far ahead waits until it is served', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    const asked = 500;
    const long = GET.replace('\r\n\r\n', `\r\nX: ${'x'.repeat(500)}\r\n\r\n`);
    client.write(long.repeat(asked));
    const server = await origin.next();
    await server.until('\r\n\r\n');
    expect(proxy.session.exchanges.length).toBeLessThan(asked);
    const serve = () => server.write(OK);
    server.socket.removeAllListeners('data').on('data', serve);
    serve();
    client.socket.removeAllListeners('data');
    let received = 0;
    client.socket.on('data', ({ length }) => {
      received += length;
      if (received === asked * OK.length) client.socket.end();
    });
    await client.ended();
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.session.exchanges.length).toBe(asked);
  });

  test('whose wish for h2c nobody takes notice of gets its answer in HTTP/1.1', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    const head =
      'POST /x HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 4\r\nHost: me\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: h2c\r\n\r\n';
    client.write(`${GET + head}bo`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    await client.until(OK.length);
    client.write('dy');
    const text = await server.until('body');
    expect(text).toContain('POST /x HTTP/1.1\r\n');
    expect(text).not.toMatch(/Upgrade|HTTP2-Settings/);
    server.write(OK);
    await client.until(2 * OK.length);
    client.write(GET); // not behind the body: Node loses what is there, from 22 on
    await server.until('bodyGET');
    server.write(OK);
    expect(await client.until(3 * OK.length)).toBe(OK.repeat(3));
    await endInOrder(client, proxy);
  });

  test('whose wish for h2c nobody takes notice of is heard in what else its Connection says', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(
      'GET /x HTTP/1.1\r\nHost: me\r\nConnection: Upgrade, X-Secret, close\r\nUpgrade: h2c\r\nX-Secret: s\r\n\r\n',
    );
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).not.toContain('X-Secret');
    server.write(OK);
    expect(await client.ended()).toContain('\r\nConnection: close\r\n');
    await endInOrder(client, proxy);
  });
});

test('what is out of scope is reversed and not told of', async () => {
  await using origin = await startRawOrigin();
  const scope = { only: [], hide: ['127.0.0.1'] };
  await using proxy = await startReverse(`http://${origin.authority}`, { scope });
  await using client = dialPeer(proxy.port);
  client.write(GET);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  expect(await client.until('ok')).toBe(OK);
  expect(proxy.session.connections.size).toBe(0);
});
