import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, listening, OK, startReverse } from '../../testing/reverse-proxy.ts';
import { startTlsOrigin } from '../../testing/tls-origin.ts';

describe('a request reaches the origin', () => {
  test.each([
    {
      name: 'with case, order and duplicates of its fields',
      sent: 'GET /a?b=%20#c HTTP/1.1\r\nX-a: 1\r\nhOST: me\r\nx-A: 2\r\nX-Empty: \r\nX: \xe9\r\nConnection: keep-alive\r\n\r\n',
      got: 'GET /base/a?b=%20#c HTTP/1.1\r\nX-a: 1\r\nhOST: ORIGIN\r\nx-A: 2\r\nX-Empty: \r\nX: \xe9\r\nConnection: keep-alive\r\n\r\n',
    },
    {
      name: 'with its path as it is',
      sent: "GET //a/../b//c;d='{}'?e=http://f//g?h HTTP/1.1\r\nHost: me\r\nConnection: keep-alive\r\n\r\n",
      got: "GET /base//a/../b//c;d='{}'?e=http://f//g?h HTTP/1.1\r\nHost: ORIGIN\r\nConnection: keep-alive\r\n\r\n",
    },
    {
      name: 'as a chunked DELETE, trailers included',
      sent: 'DELETE /x HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\nt: 2\r\n\r\n',
      got: 'DELETE /base/x HTTP/1.1\r\nHost: ORIGIN\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\nt: 2\r\n\r\n',
    },
    {
      name: 'as a chunked OPTIONS',
      sent: 'OPTIONS /x HTTP/1.1\r\nHost: me\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      got: 'OPTIONS /base/x HTTP/1.1\r\nHost: ORIGIN\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    },
    {
      name: 'as a DELETE without a body',
      sent: 'DELETE /x HTTP/1.1\r\nHost: me\r\nConnection: keep-alive\r\n\r\n',
      got: 'DELETE /base/x HTTP/1.1\r\nHost: ORIGIN\r\nConnection: keep-alive\r\n\r\n',
    },
    {
      name: 'as OPTIONS of the whole server',
      sent: 'OPTIONS * HTTP/1.1\r\nHost: me\r\nConnection: keep-alive\r\n\r\n',
      got: 'OPTIONS * HTTP/1.1\r\nHost: ORIGIN\r\nConnection: keep-alive\r\n\r\n',
    },
    {
      name: 'with a body of known length that looks like a request',
      sent: 'PUT /x HTTP/1.1\r\nHost: me\r\nConnection: keep-alive\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      got: 'PUT /base/x HTTP/1.1\r\nHost: ORIGIN\r\nConnection: keep-alive\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    },
    {
      name: 'without a Host of its own',
      sent: 'GET /x HTTP/1.1\r\nConnection: keep-alive\r\n\r\n',
      got: 'GET /base/x HTTP/1.1\r\nHost: ORIGIN\r\nConnection: keep-alive\r\n\r\n',
    },
  ])('$name', async ({ sent, got }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}/base/`);
    await using client = dialPeer(proxy.port);
    client.write(sent);
    const server = await origin.next();
    const wanted = got.replace('ORIGIN', origin.authority);
    expect(await server.until(wanted.length)).toBe(wanted);
    server.write(OK);
    expect(await client.until('\r\n\r\nok')).toBe(OK);
    expect(server.text).toBe(wanted);
    await endInOrder(client, proxy);
  });

  test('with the Host that the client sent, if that is wanted', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`, { keepHost: true });
    await using client = dialPeer(proxy.port);
    client.write('GET / HTTP/1.1\r\nHost: me:1\r\nOrigin: http://me:1\r\n\r\n');
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toContain('\r\nHost: me:1\r\nOrigin: http://me:1\r\n');
    server.write(`HTTP/1.1 302 Found\r\nLocation: http://me:1/x\r\nContent-Length: 0\r\n\r\n`);
    expect(await client.until('\r\n\r\n')).toContain('\r\nLocation: http://me:1/x\r\n');
    await endInOrder(client, proxy);
  });
});

describe('a response reaches the client as it was sent', () => {
  test.each([
    {
      name: 'case, order and duplicates',
      response:
        'HTTP/1.1 299 Fine enough\r\nSet-Cookie: a\r\nVARY: x\r\nset-cookie: b\r\nvary: y\r\nETag: 1\r\netag: 2\r\nContent-Length: 0\r\n\r\n',
    },
    { name: 'no reason', response: 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n' },
    {
      name: 'what Node says of its connection',
      response:
        'HTTP/1.1 200 OK\r\nDate: x\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n',
    },
    {
      name: 'chunks and trailers',
      response:
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\nt: 2\r\n\r\n',
    },
    { name: 'early hints', response: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\n\r\n${OK}` },
    { name: 'no body to HEAD', method: 'HEAD', response: 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n' },
    {
      name: 'no chunks to HEAD',
      method: 'HEAD',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    },
    { name: 'no body of 204', response: 'HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n' },
    { name: 'no body of 304', response: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n' },
  ])('$name', async ({ method = 'GET', response }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(`${method} / HTTP/1.1\r\nHost: me\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(response);
    expect(await client.until(response.length)).toBe(response);
    client.write(GET);
    await server.until('GET / HTTP/1.1');
    server.write(OK);
    expect(await client.until(response.length + OK.length)).toBe(response + OK);
    await endInOrder(client, proxy);
  });

  test('but without what is of one hop, interim responses included', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(
      'GET / HTTP/1.1\r\nHost: me\r\nConnection: close, X-Secret\r\nX-Secret: s\r\nTE: trailers\r\nA: 1\r\n\r\n',
    );
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toBe(
      `GET / HTTP/1.1\r\nHost: ${origin.authority}\r\nConnection: keep-alive\r\nA: 1\r\n\r\n`,
    );
    server.write(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\n',
    );
    server.write(OK.replace('\r\n', '\r\nConnection: x-hop\r\nX-Hop: 1\r\n'));
    expect(await client.ended()).toBe(
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
    );
    await endInOrder(client, proxy);
  });

  test('but in chunks where its end was that of the connection', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.socket.end('HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nall');
    expect(await client.until('0\r\n\r\n')).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n0\r\n\r\n',
    );
    await endInOrder(client, proxy);
  });

  test('but until the end of the connection, without chunks, to HTTP/1.0', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write('GET / HTTP/1.0\r\n\r\n');
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    server.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    expect(await client.ended()).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc');
    await endInOrder(client, proxy);
  });
});

test('redirects and cookies of the origin are those of tare', async () => {
  await using origin = await startTlsOrigin();
  await using proxy = await startReverse(`https://localhost:${origin.port}/app`);
  await using client = dialPeer(proxy.port);
  client.write('GET /in HTTP/1.1\r\nHost: me:1\r\n\r\n');
  const server = await origin.next();
  expect(await server.until('\r\n\r\n')).toBe(
    `GET /app/in HTTP/1.1\r\nHost: localhost:${origin.port}\r\nConnection: keep-alive\r\n\r\n`,
  );
  server.write(
    `HTTP/1.1 303 See Other\r\nLocation: https://localhost:${origin.port}/app/home?x\r\nSet-Cookie: s=1; Domain=localhost; Path=/app; Secure; HttpOnly\r\nContent-Length: 0\r\n\r\n`,
  );
  expect(await client.until('\r\n\r\n')).toBe(
    'HTTP/1.1 303 See Other\r\nLocation: http://me:1/home?x\r\nSet-Cookie: s=1; Path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n',
  );
  await endInOrder(client, proxy);
  expect((await proxy.over()).facts?.server).toEqual({ host: 'localhost', port: origin.port });
});

describe('Expect: 100-continue', () => {
  const ASKING = 'POST / HTTP/1.1\r\nHost: me\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';

  test('is answered by the origin, and by nobody else', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(ASKING);
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toContain('\r\nExpect: 100-continue\r\n');
    expect(client.text).toBe('');
    server.write('HTTP/1.1 100 Continue\r\n\r\n');
    await client.until('100 Continue\r\n\r\n');
    client.write('body');
    expect(await server.until('body')).toMatch(/\r\n\r\nbody$/);
    server.write(OK);
    expect(await client.until('ok')).toBe(`HTTP/1.1 100 Continue\r\n\r\n${OK}`);
    await endInOrder(client, proxy);
  });

  test('and a final answer instead of it ends the connection, as the body may come or not', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(ASKING);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    expect(await client.ended()).toBe(
      'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    await server.ended();
    await endInOrder(client, proxy);
  });
});

describe('a stream of events', () => {
  /** An origin that streams to whoever asks, and tells of the stream. */
  async function startStreams() {
    const server = createServer();
    const streams = await listening(server);
    const asked = once(server, 'request');
    return Object.assign(streams, { asked, server });
  }

  test('comes one by one, its head before the first', async () => {
    await using streams = await startStreams();
    await using proxy = await startReverse(streams.url);
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const [, response] = await streams.asked;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    await client.until('\r\n\r\n');
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      response.write(event);
      await client.until(event);
    }
    response.end();
    await client.until('0\r\n\r\n');
    await endInOrder(client, proxy);
    expect(proxy.messages().filter(({ kind }) => kind === 'event')).toHaveLength(2);
  });

  test.each(['ends', 'resets'] as const)(
    'is left by the origin when the client %s its connection',
    async (how) => {
      await using streams = await startStreams();
      await using proxy = await startReverse(streams.url);
      await using client = dialPeer(proxy.port);
      client.write(GET);
      const [asked, response] = await streams.asked;
      const left = once(response, 'close');
      const closed = once(asked.socket, 'close');
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      await client.until('\r\n\r\n');
      if (how === 'ends') client.socket.destroy();
      else client.socket.resetAndDestroy();
      await Promise.all([left, closed]);
      expect(await proxy.outcome()).toBe(how === 'ends' ? 'client-gone' : 'client-reset');
    },
  );

  test('that breaks off does not look complete', async () => {
    await using streams = await startStreams();
    await using proxy = await startReverse(streams.url);
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const [asked, response] = await streams.asked;
    response.writeHead(200).write('half');
    await client.until('half');
    asked.socket.destroy();
    expect(await client.closed()).toBe('ECONNRESET');
    expect(await proxy.outcome()).toBe('server-gone');
  });

  test('waits for a client that does not read', async () => {
    await using streams = await startStreams();
    await using proxy = await startReverse(streams.url);
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const [, response] = await streams.asked;
    client.socket.pause();
    const piece = Buffer.alloc(1 << 20, 'tare');
    let sent = 0;
    for (let still = 0; still < 200 && sent < 64; still++) {
      while (sent < 64 && !response.writableNeedDrain) {
        response.write(piece);
        sent++;
        still = 0;
      }
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(24);
    let received = 0;
    client.socket.removeAllListeners('data').on('data', ({ length }) => {
      received += length;
    });
    client.socket.resume();
    await new Promise<void>((done) => response.end(done));
    client.socket.end();
    await client.ended();
    expect(received).toBeGreaterThan(sent << 20);
  });
});

test('any bytes in any chunks arrive, both ways', async () => {
  const server = createServer((asked, response) => void asked.pipe(response));
  await using origin = await listening(server);
  await using proxy = await startReverse(origin.url);
  const agent = new Agent({ keepAlive: true });
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30_000 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(chunks, async (sent) => {
      const response = new Promise<IncomingMessage>((resolve, reject) => {
        const asked = request({
          port: proxy.port,
          method: 'DELETE',
          headers: { 'Transfer-Encoding': 'chunked' },
          agent,
        });
        asked.on('response', resolve).on('error', reject);
        for (const chunk of sent) asked.write(chunk);
        asked.end();
      });
      const got: Buffer[] = [];
      for await (const chunk of await response) got.push(chunk);
      expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: 20 },
  );
  agent.destroy();
  expect(await proxy.outcome()).toBe('ended');
});
