import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientHello } from '../testing/client-hello.ts';
import { dialPeer } from '../testing/peer.ts';
import { expectServing } from '../testing/still-serves.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

/** What a client that says `bytes` reads, and what the user is told of it. */
async function outcomeOf(proxy: WeighedProxy, bytes: string | Uint8Array): Promise<[string, string]> {
  const { size } = proxy.session.connections;
  await using client = dialPeer(proxy.port);
  client.write(bytes);
  const answer = await client.ended();
  client.socket.end();
  const { failure } = await proxy.over(size + 1);
  return [answer, `${failure?.code}: ${failure?.message}`];
}

const kinds = [
  { name: 'TLS', bytes: () => clientHello('localhost'), why: 'this is TLS' },
  { name: 'SOCKS4', bytes: () => '\x04\x01\x00\x50\x7f\x00\x00\x01\x00', why: 'this is not HTTP' },
  { name: 'the preface of HTTP/2', bytes: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', why: 'PRI \\*' },
  { name: 'an SSH banner', bytes: () => 'SSH-2.0-OpenSSH_9.6\r\n', why: 'this is not HTTP' },
  { name: 'zeros', bytes: () => Buffer.alloc(100_000), why: 'this is not HTTP' },
  { name: 'a line without an end', bytes: () => 'x'.repeat(300_000), why: 'this is not HTTP' },
];

test.each(kinds)('$name on the port is refused in words', async ({ bytes, why }) => {
  await using proxy = await startWeighedProxy();
  const [answer, told] = await outcomeOf(proxy, await bytes());
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 400 Bad Request\\r\\n[\\s\\S]*\\r\\n\\r\\ntare: .*${why}`));
  expect(told).toMatch(new RegExp(`^BAD_REQUEST: .*${why}`));
  await expectServing(proxy.port);
});

test('any bytes at all, however they are cut: an answer or none, and the next client is served', async () => {
  await using proxy = await startWeighedProxy();
  const garbage = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(garbage, fc.boolean(), async (pieces, resets) => {
      await using client = dialPeer(proxy.port);
      for (const piece of pieces) client.write(piece);
      if (resets) client.socket.resetAndDestroy();
      else client.socket.end();
      if (!resets) expect(await client.ended()).toMatch(/^(HTTP\/1.1 400 |$)/);
    }),
    { numRuns: 60 },
  );
  await expectServing(proxy.port);
});
