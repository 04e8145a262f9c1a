import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startFullBacklog } from '../testing/full-backlog.ts';
import { dialPeer, type Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a request reaches its origin as it was sent but for target and Proxy-* fields', () => {
  test.each([
    {
      name: 'case, order, duplicates and odd spacing',
      sent: 'GET http://HOST/a?b=%20#c HTTP/1.1\r\nhOST:  HOST\r\nX-a:1\r\nx-A: \t2 \r\nX-Empty:\r\nAccept: */*\r\n\r\n',
      got: 'GET /a?b=%20#c HTTP/1.1\r\nhOST:  HOST\r\nX-a:1\r\nx-A: \t2 \r\nX-Empty:\r\nAccept: */*\r\n\r\n',
    },
    {
      name: 'Proxy-* fields wherever they stand',
      sent: 'GET http://HOST/ HTTP/1.1\r\nProxy-Connection: keep-alive\r\nHost: HOST\r\nX-Proxy-A: 1\r\nproxy-authorization: Basic eDp5\r\n\r\n',
      got: 'GET / HTTP/1.1\r\nHost: HOST\r\nX-Proxy-A: 1\r\n\r\n',
    },
    {
      name: 'a target without a path',
      sent: 'GET http://HOST?q HTTP/1.1\r\nHost: HOST\r\n\r\n',
      got: 'GET /?q HTTP/1.1\r\nHost: HOST\r\n\r\n',
    },
    {
      name: 'OPTIONS of the whole server',
      sent: 'OPTIONS http://HOST HTTP/1.1\r\nHost: HOST\r\n\r\n',
      got: 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n',
    },
    {
      name: 'bare line feeds and Latin-1',
      sent: 'GET http://HOST/ HTTP/1.1\nHost: HOST\nX: \xe9\xff\n\n',
      got: 'GET / HTTP/1.1\nHost: HOST\nX: \xe9\xff\n\n',
    },
    {
      name: 'a chunked body with extensions and trailers',
      sent: 'POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\ntransfer-ENCODING: chunked\r\nTrailer: T\r\n\r\n005;a="b;c"\r\nhello\r\n1\r\n!\r\n00;z\r\nT: 1\r\nt: 2\r\n\r\n',
      got: 'POST / HTTP/1.1\r\nHost: HOST\r\ntransfer-ENCODING: chunked\r\nTrailer: T\r\n\r\n005;a="b;c"\r\nhello\r\n1\r\n!\r\n00;z\r\nT: 1\r\nt: 2\r\n\r\n',
    },
    {
      name: 'a body of known length that looks like a request',
      sent: 'PUT http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      got: 'PUT / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    },
    {
      name: 'HTTP/1.0',
      sent: 'GET http://HOST/ HTTP/1.0\r\n\r\n',
      got: 'GET / HTTP/1.0\r\n\r\n',
    },
  ])('$name', async ({ sent, got }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const here = (text: string) => text.replaceAll('HOST', origin.authority);
    client.write(here(sent));
    const server = await origin.next();
    await server.until(here(got).length);
    server.write(OK);
    await client.until(OK);
    client.socket.end();
    expect(await server.ended()).toBe(here(got));
    server.socket.end();
    expect(await client.ended()).toBe(OK);
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.exchange().request?.target).toBe(got.split(' ')[1]);
    expect((await proxy.over()).closing).toMatchObject({
      tapped: { client: here(got).length, server: OK.length },
      proxy: { client: here(sent).length - here(got).length, server: 0 },
    });
  });
});

describe('a response reaches the client as it was sent', () => {
  test.each([
    {
      name: 'folded lines, duplicates and odd spacing',
      method: 'GET',
      response:
        'HTTP/1.1 200  Fine \r\nSet-Cookie: a\r\nset-cookie:b\r\nX: 1\r\n\t2\r\nContent-Length: 0\r\n\r\n',
    },
    {
      name: 'chunks, extensions and trailers',
      method: 'GET',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n',
    },
    { name: 'early hints', method: 'GET', response: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}` },
    { name: 'no body to HEAD', method: 'HEAD', response: 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n' },
    { name: 'no body of 204', method: 'GET', response: 'HTTP/1.1 204 No Content\r\n\r\n' },
    {
      name: 'no body of 304',
      method: 'GET',
      response: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n',
    },
    {
      name: 'broken chunks',
      method: 'GET',
      response: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc',
    },
    { name: 'no HTTP at all', method: 'GET', response: 'SSH-2.0-OpenSSH_9.9\r\n' },
  ])('$name', async ({ method, response }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`${method} http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(response);
    expect(await client.until(response.length)).toBe(response);
    client.socket.end();
    await server.ended();
    server.socket.end();
    expect(await client.ended()).toBe(response);
    expect(await proxy.outcome()).toBe('ended');
  });

  test('until the connection closes, HTTP/1.0', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${origin.authority}/ HTTP/1.0\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write('HTTP/1.0 200 OK\r\n\r\nall of ');
    await client.until('all of ');
    server.socket.end('it');
    expect(await client.ended()).toBe('HTTP/1.0 200 OK\r\n\r\nall of it');
    client.socket.end();
    await server.ended();
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.messages().map(({ kind, complete, payload }) => ({ kind, complete, payload }))).toEqual([
      { kind: 'request', complete: true, payload: 0 },
      { kind: 'response', complete: true, payload: 9 },
    ]);
  });
});

test('100 Continue comes through before the body is sent', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  client.write(
    `POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
  );
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write('HTTP/1.1 100 Continue\r\n\r\n');
  await client.until('100 Continue\r\n\r\n');
  client.write('body');
  expect(await server.until('body')).toMatch(/\r\n\r\nbody$/);
  server.write(OK);
  await client.until(OK);
  expect(proxy.exchange()).toMatchObject({ informational: 1, response: { status: 200 } });
});

test('a client that ends its side still gets the answer', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  client.socket.end(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const server = await origin.next();
  await server.ended();
  server.socket.end(OK);
  expect(await client.ended()).toBe(OK);
  expect(await proxy.outcome()).toBe('ended');
});

test('pipelined requests to one origin share a connection, however many', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const field = `X: ${'x'.repeat(500)}\r\n`;
  const asked = Array.from({ length: 100 }, (_, number) => number);
  client.write(
    asked.map((n) => `GET http://${origin.authority}/${n} HTTP/1.1\r\nHost: x\r\n${field}\r\n`).join(''),
  );
  const server = await origin.next();
  const got = asked.map((n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n${field}\r\n`).join('');
  expect(await server.until(got.length)).toBe(got);
  server.write(OK.repeat(asked.length));
  expect(await client.until(OK.length * asked.length)).toBe(OK.repeat(asked.length));
  expect(origin.connections).toBe(1);
  expect(proxy.session.exchanges.length).toBe(asked.length);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

describe('one client socket, two origins', () => {
  test('one after the other, and back again over the same connections', async () => {
    await using one = await startRawOrigin();
    await using two = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const servers: Peer[] = [];
    for (const [index, origin] of [one, two, one, two].entries()) {
      client.write(`GET http://${origin.authority}/${index} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const server: Peer = index < 2 ? await origin.next() : servers[index - 2]!;
      servers.push(server);
      await server.until(`/${index} `);
      server.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${index}`);
      await client.until(`\r\n\r\n${index}`);
    }
    expect([one.connections, two.connections]).toEqual([1, 1]);
    expect([...proxy.session.connections.values()].map(({ client: number }) => number)).toEqual([1, 1]);
    client.socket.end();
    await Promise.all([servers[0]!.ended(), servers[1]!.ended()]);
    servers[0]!.socket.end();
    await proxy.over(1);
    servers[1]!.socket.end();
    expect([await proxy.outcome(1), await proxy.outcome(2)]).toEqual(['ended', 'ended']);
  });

  test('pipelined: the second is not asked before the first has answered whole', async () => {
    await using one = await startRawOrigin();
    await using two = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(
      [one, two, one]
        .map(({ authority }, n) => `GET http://${authority}/${n} HTTP/1.1\r\nHost: x\r\n\r\n`)
        .join(''),
    );
    const first = await one.next();
    await first.until('/0 ');
    first.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfir');
    await client.until('fir');
    expect(two.connections).toBe(0);
    first.write('st');
    const second = await two.next();
    await second.until('/1 ');
    second.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecond\r\n0\r\n\r\n');
    await first.until('/2 ');
    first.write(OK);
    expect((await client.until(OK)).match(/first|second|ok/g)).toEqual(['first', 'second', 'ok']);
  });

  test('what the idle one says unasked does not get between', async () => {
    await using one = await startRawOrigin();
    await using two = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${one.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const first = await one.next();
    await first.until('\r\n\r\n');
    first.write(OK);
    await client.until(OK);
    client.write(`GET http://${two.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const second = await two.next();
    await second.until('\r\n\r\n');
    const timeout = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
    first.socket.end(timeout);
    expect((await proxy.over(1)).closing).toMatchObject({ unrelayed: { client: 0, server: timeout.length } });
    second.socket.end(OK);
    expect(await client.ended()).toBe(OK + OK);
    client.socket.end();
    expect([await proxy.outcome(1), await proxy.outcome(2)]).toEqual(['ended', 'ended']);
  });

  test('a CONNECT after a request, and what was sent on with it', async () => {
    await using one = await startRawOrigin();
    await using two = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(
      `GET http://${one.authority}/ HTTP/1.1\r\nHost: x\r\n\r\nCONNECT ${two.authority} HTTP/1.1\r\n\r\n\x01`,
    );
    const first = await one.next();
    await first.until('\r\n\r\n');
    await new Promise<void>((sent) => client.socket.write('\x02\x03', () => sent()));
    first.write(OK);
    const second = await two.next();
    await second.until('\x01\x02\x03');
    second.write('\x04');
    expect(await client.until('\x04')).toBe(`${OK}HTTP/1.1 200 Connection Established\r\n\r\n\x04`);
  });
});

describe('an Upgrade', () => {
  const ask = (authority: string, protocol: string, scheme = 'http') =>
    `GET ${scheme}://${authority}/u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;

  test.each(['http', 'ws'])(
    'agreed on by %s:// makes a tunnel, with early bytes on either side',
    async (scheme) => {
      await using origin = await startRawOrigin();
      await using proxy = await startWeighedProxy();
      await using client = dialPeer(proxy.port);
      client.write(`${ask(origin.authority, 'chess/3', scheme)}early`);
      const server = await origin.next();
      await server.until('\r\n\r\n');
      expect(server.text).not.toContain('early');
      const agreed = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chess/3\r\n\r\n';
      server.write(`${agreed}hello`);
      expect(await server.until('early')).toMatch(/\r\n\r\nearly$/);
      client.write('GET http://elsewhere/ HTTP/1.1\r\n\r\n');
      await server.until('GET http://elsewhere/ HTTP/1.1\r\n\r\n');
      client.socket.end();
      await server.ended();
      server.socket.end('bye');
      expect(await client.ended()).toBe(`${agreed}hellobye`);
      expect(await proxy.outcome()).toBe('ended');
      expect(proxy.exchange().protocol).toBe('tcp');
    },
  );

  test('many early bytes in many pieces arrive whole', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(ask(origin.authority, 'chess/3'));
    const server = await origin.next();
    await server.until('\r\n\r\n');
    const early = Buffer.alloc(1 << 20, 'early');
    for (let at = 0; at < early.length; at += 1 << 14) client.write(early.subarray(at, at + (1 << 14)));
    server.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    await server.until(early.length);
    client.socket.end();
    await server.ended();
    expect(server.bytes.subarray(-early.length).equals(early)).toBe(true);
  });

  test('that is declined leaves room for another request, elsewhere too', async () => {
    await using origin = await startRawOrigin();
    await using other = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(
      `${ask(origin.authority, 'websocket')}GET http://${other.authority}/next HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
    const next = await other.next();
    expect(await next.until('\r\n\r\n')).toBe('GET /next HTTP/1.1\r\nHost: x\r\n\r\n');
    next.write(OK);
    expect(await client.until(OK)).toMatch(/^HTTP\/1.1 426[\s\S]*\r\n\r\nnoHTTP\/1.1 200/);
  });

  test('asked for with a body is agreed on behind it', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(
      `POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nUpgrade: chess/3\r\nContent-Length: 4\r\n\r\nbody\x00\x01`,
    );
    const server = await origin.next();
    await server.until('body');
    server.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    expect(await server.until('\x00\x01')).toMatch(/\r\n\r\nbody\x00\x01$/);
  });
});

describe('where the end of a request is not sure', () => {
  const smuggled = 'GET http://HOST/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
  const chunked = 'Transfer-Encoding: chunked\r\n';
  test.each([
    { name: 'both lengths', fields: `Content-Length: 5\r\n${chunked}`, body: '0\r\n\r\n' },
    { name: 'two lengths', fields: 'Content-Length: 5\r\nContent-Length: 6\r\n', body: 'hello' },
    { name: 'a list of lengths', fields: 'Content-Length: 5, 6\r\n', body: 'hello' },
    { name: 'a signed length', fields: 'Content-Length: +5\r\n', body: 'hello' },
    { name: 'a folded Transfer-Encoding', fields: 'Transfer-Encoding:\r\n chunked\r\n', body: '0\r\n\r\n' },
    { name: 'a folded line', fields: 'X: 1\r\n\tTransfer-Encoding: chunked\r\n', body: '' },
    { name: 'white space before the colon', fields: 'Transfer-Encoding : chunked\r\n', body: '0\r\n\r\n' },
    { name: 'chunked twice', fields: `${chunked}${chunked}`, body: '0\r\n\r\n' },
    { name: 'an unknown coding', fields: 'Transfer-Encoding: xchunked\r\n', body: '0\r\n\r\n' },
    { name: 'a vertical tab', fields: 'Transfer-Encoding: \vchunked\r\n', body: '0\r\n\r\n' },
    { name: 'a bare CR', fields: 'X: 1\rTransfer-Encoding: chunked\r\n', body: '' },
    { name: 'a NUL', fields: 'X: \0\r\n', body: '' },
    { name: 'a line without a colon', fields: 'Transfer-Encoding chunked\r\n', body: '' },
    { name: 'two Host fields', fields: 'Host: y\r\n', body: '' },
  ])('by its head ($name), it is refused and nothing reaches the origin', async ({ fields, body }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const sent = `POST http://HOST/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}${smuggled}`;
    client.write(sent.replaceAll('HOST', origin.authority));
    expect(await client.ended()).toMatch(
      /^HTTP\/1.1 400 Bad Request\r\n[\s\S]*\r\n\r\ntare: where this request ends is not sure: .* \((RFC 9|limit)/,
    );
    client.socket.end();
    expect(await proxy.outcome()).toBe('BAD_REQUEST');
    expect(origin.connections).toBe(0);
  });

  test.each([
    { name: 'a size that is none', body: 'z\r\nhello\r\n' },
    { name: 'no line end behind a chunk', body: '2\r\nhello\r\n' },
    { name: 'a bare CR in the size line', body: '5\rx\r\nhello\r\n' },
    { name: 'a bare LF in the size line', body: '5\nhello\r\n0\r\n\r\n' },
    { name: 'a negative size', body: '-5\r\nhello\r\n' },
    { name: 'a prefix', body: '0x5\r\nhello\r\n' },
    { name: 'an enormous size', body: 'fffffffffffffffff\r\nhello\r\n' },
  ])('by its chunks ($name), it is refused and nothing more reaches the origin', async ({ body }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n${chunked}\r\n3\r\nabc\r\n`);
    const server = await origin.next();
    await server.until('abc\r\n');
    client.write(body + smuggled.replaceAll('HOST', origin.authority));
    expect(await client.ended()).toMatch(
      /^HTTP\/1.1 400 Bad Request\r\n[\s\S]*\r\n\r\ntare: where this request ends is not sure: /,
    );
    client.socket.end();
    expect(await server.ended()).toBe(`POST / HTTP/1.1\r\nHost: x\r\n${chunked}\r\n3\r\nabc\r\n`);
    server.socket.end();
    await proxy.over(1);
    expect(await proxy.outcome(2)).toBe('BAD_REQUEST');
    expect(origin.connections).toBe(1);
  });

  test('the refusal waits for the answers to what came before', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const good = `GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    client.write(`${good}${good.replace('Host', `${chunked}Content-Length: 1\r\nHost`)}`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    expect(await client.ended()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*okHTTP\/1.1 400 Bad Request/);
  });

  test('a refusal that would be taken for another answer is not said', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n${chunked}\r\n1\r\na\r\n`);
    const server = await origin.next();
    await server.until('a\r\n');
    server.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
    await client.until('half');
    client.write('oops\r\n');
    expect(await client.ended()).toBe('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
    client.socket.end();
    expect(await proxy.until(({ connections }) => connections.get(2)?.failure?.code)).toBe('BAD_REQUEST');
  });
});

/** What a refused client reads, and the failure that the tap told of. */
async function refused(proxy: WeighedProxy, sent: string): Promise<string> {
  await using client = dialPeer(proxy.port);
  client.write(sent);
  const answer = await client.ended();
  client.socket.end();
  const failed = await proxy.until(({ connections }) => [...connections.values()].at(-1)?.failure);
  return `${failed.code}: ${answer}`;
}

describe('a client that cannot be served is told why', () => {
  test('what is asked of the proxy itself', async () => {
    await using proxy = await startWeighedProxy();
    expect(await refused(proxy, 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^BAD_REQUEST: HTTP\/1.1 400 [\s\S]*\r\n\r\ntare: GET \/a was sent to the proxy itself; .*curl -x http:\/\/127.0.0.1:\d+ /,
    );
    expect(await refused(proxy, 'GET https://x/ HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^BAD_REQUEST: .*\b400 /,
    );
    expect(await refused(proxy, 'GET http:/// HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^BAD_REQUEST: .*\b400 /,
    );
    expect(await refused(proxy, 'nonsense\r\n\r\n')).toMatch(
      /^BAD_REQUEST: .*\b400 [\s\S]*not an HTTP request/,
    );
    expect(await refused(proxy, '\x16\x03\x01\x02\x00\x01')).toMatch(
      /^BAD_REQUEST: .*\b400 [\s\S]*this is TLS/,
    );
    expect(await refused(proxy, '\x05\x01\x00')).toMatch(/^BAD_REQUEST: .*\b400 [\s\S]*this is SOCKS/);
    expect(await refused(proxy, `GET http://x/${'x'.repeat(270_000)}`)).toMatch(
      /^BAD_REQUEST: .*\b400 [\s\S]*256 KiB/,
    );
  });

  test('a request to the proxy goes no round', async () => {
    await using proxy = await startWeighedProxy();
    const sent = `GET http://127.0.0.1:${proxy.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect(await refused(proxy, sent)).toMatch(/^LOOP: HTTP\/1.1 508 Loop Detected\r\n/);
  });

  test('no such host', async () => {
    await using proxy = await startWeighedProxy();
    const name = `${'x'.repeat(64)}.test`; // longer than any label, so that nobody is asked for it
    expect(await refused(proxy, `GET http://${name}/ HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      /^DNS_FAILED: HTTP\/1.1 502 Bad Gateway\r\n[\s\S]*no such host/,
    );
  });

  test('refused, as HTML to who asks for that, and without a body to HEAD', async () => {
    await using proxy = await startWeighedProxy();
    const origin = await startRawOrigin();
    await origin[Symbol.asyncDispose]();
    const ask = (method: string, accept: string) =>
      refused(
        proxy,
        `${method} http://${origin.authority}/<b> HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\n\r\n`,
      );
    expect(await ask('GET', '*/*')).toMatch(
      /^UPSTREAM_REFUSED: HTTP\/1.1 502 Bad Gateway\r\nContent-Type: text\/plain[\s\S]*\r\n\r\ntare: 127.0.0.1:\d+ refused the connection.*\n$/,
    );
    expect(await ask('GET', 'text/html,*/*')).toMatch(
      /Content-Type: text\/html[\s\S]*\r\n\r\n<!doctype html>[\s\S]*<code>UPSTREAM_REFUSED<\/code>/,
    );
    expect(await ask('HEAD', '*/*')).toMatch(/Content-Length: [1-9]\d*\r\n[\s\S]*\r\n\r\n$/);
  });

  test('a server that never answers', async () => {
    await using backlog = await startFullBacklog();
    await using proxy = await startWeighedProxy({ dialTimeoutMs: 50 });
    const sent = `GET http://127.0.0.1:${backlog.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect(await refused(proxy, sent)).toMatch(
      /^UPSTREAM_TIMEOUT: HTTP\/1.1 504 Gateway Timeout\r\n[\s\S]*did not answer within 0.05 s/,
    );
  });

  test('nobody, when the client leaves first', async () => {
    await using origin = await startRawOrigin();
    await using backlog = await startFullBacklog();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const ask = (authority: string) => `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    client.write(ask(origin.authority) + ask(`127.0.0.1:${backlog.port}`));
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    await client.until(OK); // so the other one is dialled by now
    client.socket.resetAndDestroy();
    expect(await proxy.outcome(2)).toBe('CLIENT_GONE');
  });
});

test('a head that the client left half said is told of, and its bytes are booked', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  client.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  await client.until(OK);
  client.socket.end('GET http://ha');
  await server.ended();
  server.socket.end();
  const codes = await proxy.until(
    ({ connections }) => connections.size === 2 && [...connections.values()].map((one) => one.failure?.code),
  );
  expect(codes).toEqual([undefined, 'BAD_REQUEST']);
  expect(await proxy.outcome()).toBe('ended');
});

describe('what is cut off is passed on as cut off', () => {
  test('a server that resets in the middle of a response', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${origin.authority}/ HTTP/1.0\r\n\r\n`);
    const server = await origin.next();
    server.write('HTTP/1.0 200 OK\r\n\r\nhalf');
    await client.until('half');
    server.socket.resetAndDestroy();
    expect(await client.closed()).toBe('ECONNRESET');
    expect(await proxy.outcome()).toBe('server-reset');
    expect(proxy.messages()[1]).toMatchObject({ kind: 'response', text: 'half' });
  });

  test('a server that closes in the middle of a response', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
    expect(await client.ended()).toMatch(/half$/);
    client.socket.end();
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.messages()[1]).toMatchObject({ kind: 'response', complete: false, payload: 4 });
  });

  test('a client that resets', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf`);
    const server = await origin.next();
    await server.until('half');
    client.socket.resetAndDestroy();
    expect(await server.closed()).toBe('ECONNRESET');
    expect(await proxy.outcome()).toBe('client-reset');
  });
});

test("Node's http client and server meet as if nobody stood between them", async () => {
  const server = createServer((incoming, response) => {
    response.writeHead(201, ['X-Seen', incoming.rawHeaders.join('|'), 'x-seen', incoming.url ?? '']);
    incoming.pipe(response);
  });
  await using origin = await listening(server);
  await using proxy = await startWeighedProxy();
  const authority = `127.0.0.1:${origin.port}`;
  const options = { port: proxy.port, path: `http://${authority}/echo?x`, method: 'POST' };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ ...options, headers: { Host: authority, 'X-Case': 'Kept' } }, resolve);
    asked.on('error', reject).write('one ');
    asked.end('two');
  });
  const body = (await response.toArray()).join('');
  expect([response.statusCode, body]).toEqual([201, 'one two']);
  expect(response.headers['x-seen']).toBe(
    `Host|${authority}|X-Case|Kept|Connection|keep-alive|Transfer-Encoding|chunked, /echo?x`,
  );
  expect(proxy.messages().map(({ kind, text }) => [kind, text])).toEqual([
    ['request', 'one two'],
    ['response', 'one two'],
  ]);
  expect(proxy.session.faults).toEqual([]);
});

/** The server, listening, which ends with its connections. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
