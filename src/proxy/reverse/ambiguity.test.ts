import { describe, expect, test } from 'vitest';
import { ambiguousHeads } from '../../testing/ambiguous-heads.ts';
import { dialPeer, type Peer } from '../../testing/peer.ts';
import { type RawOrigin, startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';

/** Has the client's first request answered, so that Node alone has read what comes behind it. */
async function ask(client: Peer, origin: RawOrigin): Promise<Peer> {
  client.write(GET);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  await client.until(OK);
  return server;
}

const requests = [
  ...ambiguousHeads.map(({ name, fields, version = '1.1' }) => ({
    name,
    request: `POST /attack HTTP/${version}\r\nHost: me\r\n${fields}\r\n\r\n0\r\n\r\n`,
  })),
  { name: 'Host twice', request: 'GET /attack HTTP/1.1\r\nHost: me\r\nHost: me\r\n\r\n' },
  {
    name: 'two Hosts of a handshake',
    request:
      'GET /attack HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  },
  {
    name: 'an empty TE of a wish for h2c',
    request:
      'POST /attack HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  },
];

describe.each(requests)('a request that two may read differently: $name', ({ request }) => {
  test.each(['first', 'second'])('never reaches the origin as the %s request', async (which) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`, { keepHost: true });
    await using client = dialPeer(proxy.port);
    const server = which === 'second' ? await ask(client, origin) : undefined;
    const seen = server?.text;
    client.write(`${request}GET /smuggled HTTP/1.1\r\nHost: me\r\n\r\n`);
    const told = await client.ended();
    expect(told.slice(server ? OK.length : 0)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(told.match(/HTTP\/1\.1 400/g)).toHaveLength(1);
    expect(server?.text).toBe(seen);
    expect(origin.connections).toBe(server ? 1 : 0);
    if (server) {
      await endInOrder(client, proxy);
      expect(await proxy.outcome(2)).toBe('BAD_REQUEST');
    }
  });
});

test('is refused with the rule that tare found broken', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  await ask(client, origin);
  client.write('POST /attack HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: \r\n\r\n');
  expect(await client.ended()).toContain(
    'tare: where this request ends is not sure: Transfer-Encoding "" does not have chunked last and once (RFC 9112 section 6.3) [BAD_REQUEST]',
  );
  await endInOrder(client, proxy);
});

test.each([
  { name: 'gzip, chunked', fields: 'Transfer-Encoding: gzip, chunked', body: '3\r\nabc\r\n0\r\n\r\n' },
  { name: 'a length of zero', fields: 'Content-Length: 0', body: '' },
])('a second request whose end is sure is served: $name', async ({ fields, body }) => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  const server = await ask(client, origin);
  client.write(`POST /x HTTP/1.1\r\nHost: me\r\n${fields}\r\n\r\n${body}`);
  expect(await server.until(`${fields}\r\n`)).toContain('POST /x');
  await server.until(`\r\n\r\n${body}`);
  server.write(OK);
  expect(await client.until(2 * OK.length)).toBe(OK + OK);
  await endInOrder(client, proxy);
});
