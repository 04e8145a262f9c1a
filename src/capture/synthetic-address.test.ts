import { describe, expect, test } from 'vitest';
import { type Place, SyntheticAddresses } from './synthetic-address.ts';

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const at = (address: string): Place => ({ host: 'any.example', address });

describe('both ends have one family', () => {
  test.each([
    { client: '127.0.0.1', server: '192.0.2.1', both: ['7f000001', 'c0000201'] },
    { client: '::ffff:127.0.0.1', server: '192.0.2.1', both: ['7f000001', 'c0000201'] },
    {
      client: '127.0.0.1',
      server: '::1',
      both: ['00000000000000000000ffff7f000001', '00000000000000000000000000000001'],
    },
  ])('$client and $server', ({ client, server, both }) => {
    const pair = new SyntheticAddresses().pair(at(client), at(server));
    expect([hex(pair.client), hex(pair.server)]).toEqual(both);
  });
});

describe('a host without an address', () => {
  const client = at('127.0.0.1');
  const server = (host: string): Place => ({ host, address: undefined });

  test('gets one kept for documentation, the same each time', () => {
    const addresses = new SyntheticAddresses();
    const given = ['a.example', 'b.example', 'a.example'].map(
      (host) => addresses.pair(client, server(host)).server,
    );
    expect(given.map(hex)).toEqual(['c0000201', 'c0000202', 'c0000201']);
  });

  test('is one by its name, where that is an address', () => {
    expect(hex(new SyntheticAddresses().pair(client, server('192.0.2.77')).server)).toBe('c000024d');
  });

  test('that has no name either is nowhere', () => {
    expect(hex(new SyntheticAddresses().pair(client, server('')).server)).toBe('00000000');
  });

  test('is told from every other, beyond what IPv4 keeps for documentation', () => {
    const addresses = new SyntheticAddresses();
    const hosts = Array.from({ length: 1_000 }, (_, number) => `${number}.example`);
    const given = hosts.map((host) => hex(addresses.pair(client, server(host)).server)!);
    expect(new Set(given).size).toBe(1_000);
    expect(given[761]).toBe('cb0071fe');
    expect(given[762]).toMatch(/^20010db8/);
    expect(hex(addresses.pair(client, server('999.example')).server)).toBe(given[999]);
  });
});
