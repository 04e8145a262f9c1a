import { expect, test } from 'vitest';
import { openedExchange } from './exchange.ts';
import { UnopenedHosts } from './unopened-hosts.ts';

function exchange(bytes: number, alpn?: readonly string[]) {
  const one = openedExchange(1, 1, 0, 'tls');
  one.ledger.client.undecoded = bytes;
  if (alpn) one.clientHello = { serverName: 'a', alpn };
  return one;
}

test('adds up by host, the most bytes first, and what goes on without being kept', () => {
  const hosts = new UnopenedHosts();
  hosts.add('a', exchange(10, ['h2']));
  hosts.add('b', exchange(15));
  hosts.add('a', exchange(1));
  const b = { host: 'b', exchanges: 1, gross: 15, alpn: [] };
  const a = { host: 'a', exchanges: 2, gross: 11, alpn: ['h2'] };
  expect(hosts.with([])).toEqual([b, a]);
  expect(hosts.with([['a', exchange(100, ['http/1.1'])]])).toEqual([
    { host: 'a', exchanges: 3, gross: 111, alpn: ['http/1.1'] },
    b,
  ]);
  expect(hosts.with([])).toEqual([b, a]);
});

test('past a thousand hosts no more are told apart', () => {
  const hosts = new UnopenedHosts();
  for (let index = 0; index < 1100; index++) hosts.add(`host-${index}`, exchange(1));
  hosts.add('host-5', exchange(1));
  expect(hosts.with([])).toHaveLength(1000);
  expect(hosts.with([])[0]).toMatchObject({ host: 'host-5', exchanges: 2 });
});
