import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { Peer } from '../testing/peer.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';
import { legLabel } from './key-log.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** What every line of an NSS key log is, in Wireshark's reader too: which secret, whose client random, the secret. */
const LINE = /^[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,128}\n$/;

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s', (version) => {
  test('the secrets of both legs are those that the peers themselves have', async () => {
    const told = new Map<string, string[]>();
    const known = { client: [] as string[], server: [] as string[] };
    await using origin = await startTlsOrigin((socket) => socket.on('data', () => socket.end(OK)), {
      maxVersion: version,
      onKeys: (line) => known.server.push(line.toString()),
    });
    await using proxy = await startWeighedProxy({
      keyLog: (whose, line) => told.set(whose, [...(told.get(whose) ?? []), line.toString()]),
    });
    const socket = await openTunnel(proxy.port, `localhost:${origin.port}`);
    const stream = connect({ socket, servername: 'localhost', ca: proxy.certificate, maxVersion: version });
    stream.on('keylog', (line: Buffer) => known.client.push(line.toString()));
    await using client = new Peer(stream);
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await client.ended()).toBe(OK);
    client.socket.end();
    await proxy.over();

    const { port: clientPort } = proxy.session.connections.get(1)!.clientAddress;
    const label = `localhost:${origin.port}`;
    expect([...told.keys()]).toEqual([
      `server ${label} at 127.0.0.1:${origin.port}, client socket 1`,
      `client from 127.0.0.1:${clientPort}, tunnel to ${label}, client socket 1`,
    ]);
    const [server, ours] = [...told.values()];
    expect(server!.toSorted()).toEqual(known.server.toSorted());
    expect(ours!.toSorted()).toEqual(known.client.toSorted());
    for (const line of [...server!, ...ours!]) expect(line).toMatch(LINE);
  });
});

test('nothing is told of TLS that stays shut', async () => {
  let told = 0;
  await using origin = await startTlsOrigin((socket) => socket.on('data', () => socket.end(OK)));
  await using proxy = await startWeighedProxy({ passthrough: ['localhost'], keyLog: () => told++ });
  const socket = await openTunnel(proxy.port, `localhost:${origin.port}`);
  await using client = new Peer(connect({ socket, rejectUnauthorized: false }));
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await client.ended()).toBe(OK);
  expect(told).toBe(0);
});

test('a label is one line, whatever a client asked for', () => {
  const address = { host: '127.0.0.1', port: 1 };
  const label = legLabel(
    'client',
    { number: 1, address },
    { host: 'a\r\nCLIENT_RANDOM é', port: 443 },
    address,
  );
  expect(label).toBe('client from 127.0.0.1:1, tunnel to a??CLIENT_RANDOM ?:443, client socket 1');
});
