import { expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';

test.each(['gzip', 'identity', '', 'gzip\r\nTransfer-Encoding: deflate'])(
  'a body in the coding %j, without chunks, ends with the connection of the client',
  async (coding) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(GET + GET);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\nTrailer: T\r\n\r\nall${OK}`);
    expect(await client.ended()).toBe(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\nConnection: close\r\n\r\nall${OK}`,
    );
    await endInOrder(client, proxy);
    expect(origin.connections).toBe(1);
  },
);

test('such a body that breaks off does not look complete', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(GET);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhalf');
  await client.until('half');
  server.socket.resetAndDestroy();
  expect(await client.closed()).toBe('ECONNRESET');
  expect(await proxy.outcome()).toBe('server-gone');
});

test.each([
  { name: 'HEAD', method: 'HEAD', status: '200 OK' },
  { name: '304', method: 'GET', status: '304 Not Modified' },
])('a coding says nothing of the body that an answer does not have: $name', async ({ method, status }) => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(`${method} / HTTP/1.1\r\nHost: me\r\n\r\n`);
  const answer = `HTTP/1.1 ${status}\r\nTransfer-Encoding: gzip\r\n\r\n`;
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.socket.end(answer);
  expect(await client.until('\r\n\r\n')).toBe(answer);
  client.write(GET);
  const next = await origin.next();
  await next.until('\r\n\r\n');
  next.write(OK);
  expect(await client.until(OK)).toBe(answer + OK);
  await endInOrder(client, proxy);
});

test.each([
  { name: 'a length besides an empty coding', fields: 'Transfer-Encoding: \r\nContent-Length: 3' },
  { name: 'a length besides a coding', fields: 'Transfer-Encoding: gzip\r\nContent-Length: 3' },
  { name: 'a length besides chunks', fields: 'Content-Length: 3\r\nTransfer-Encoding: chunked' },
  { name: 'chunks that are not last', fields: 'Transfer-Encoding: chunked, gzip' },
  {
    name: 'chunks that are not last, in two lines',
    fields: 'Transfer-Encoding: chunked\r\ntransfer-encoding: gzip',
  },
  { name: 'chunks with a parameter', fields: 'Transfer-Encoding: chunked;q=1' },
  { name: 'a coding that HTTP/1.0 cannot name', fields: 'Transfer-Encoding: gzip, chunked', version: '1.0' },
])('an answer whose end nobody knows is not passed on: $name', async ({ fields, version = '1.1' }) => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(GET.replace('1.1', version));
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nabc`);
  const told = await client.until(']\n');
  expect(told).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  expect(told).toContain('answered with what is no HTTP/1.1 that could be passed on');
  await server.ended();
  await endInOrder(client, proxy);
  expect(await proxy.outcome(2)).toBe('UPSTREAM_NOT_HTTP');
});
