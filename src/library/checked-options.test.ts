import { describe, expect, test } from 'vitest';
import { signedIdentity } from '../testing/signed-identity.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { checkedOptions } from './checked-options.ts';
import type { ProxyOptions } from './proxy-options.ts';

const PEM = (await testAuthority('origin')).authority.certificatePem;
const identity = await signedIdentity('client');
const stranger = await signedIdentity('stranger');

test('nothing is required', () => {
  const { proxy, caFolder, memory } = checkedOptions({});
  expect(proxy).toMatchObject({
    listen: { host: '127.0.0.1', port: 0 },
    passthrough: [],
    scope: { only: [], hide: [] },
    resolutions: [],
    trust: { insecure: false },
  });
  expect([proxy.reverse, caFolder, memory]).toEqual([undefined, undefined, undefined]);
});

test('what is given is taken', () => {
  const resolution = { host: '*', port: 443, addresses: ['127.0.0.1', '::1'] };
  const { proxy, caFolder, memory } = checkedOptions({
    ...{ host: '::1', port: 8080, caFolder: '/tmp/ca', memory: 64 << 20 },
    ...{ passthrough: ['*.bank.example'], only: ['a.example:443'], hide: [], resolve: [resolution] },
    ...{ reverse: new URL('https://a.example/v1'), keepHost: true, insecure: true },
  });
  expect(proxy).toMatchObject({
    listen: { host: '::1', port: 8080 },
    passthrough: ['*.bank.example'],
    scope: { only: ['a.example:443'], hide: [] },
    resolutions: [resolution],
    reverse: { target: new URL('https://a.example/v1'), keepHost: true },
    trust: { insecure: true },
  });
  expect([caFolder, memory]).toEqual(['/tmp/ca', 64 << 20]);
});

test.each<ProxyOptions>([
  { upstreamCa: PEM },
  { upstreamCa: [PEM, Buffer.from(PEM)] },
  { clientCertificates: [{ servers: '*', ...identity }] },
  { clientCertificates: [{ servers: '*', cert: Buffer.from(identity.cert), key: identity.key }] },
  { reverse: 'http://localhost:3000' },
])('certificates and URLs may be text or not', (options) => {
  expect(() => checkedOptions(options)).not.toThrow();
});

describe('what is wrong is named, with what was given', () => {
  test.each<{ wrong: unknown; told: string }>([
    { wrong: null, told: 'options: not an object: null' },
    { wrong: { port: '80' }, told: "port: not a whole number from 0 to 65535: '80'" },
    { wrong: { port: 65_536 }, told: 'port: not a whole number from 0 to 65535: 65536' },
    { wrong: { host: '' }, told: "host: not a text: ''" },
    { wrong: { caFolder: 7 }, told: 'caFolder: not a text: 7' },
    { wrong: { memory: 1000 }, told: 'memory: not a whole number of 16777216 or more: 1000' },
    { wrong: { only: 'a.example' }, told: "only: not an array: 'a.example'" },
    {
      wrong: { hide: ['a.example', 'http://a.example'] },
      told: "hide: not a host as in 'api.example.com', '*.example.com' or 'localhost:8443': 'http://a.example'",
    },
    {
      wrong: { passthrough: [7] },
      told: "passthrough: not a host as in 'api.example.com', '*.example.com' or 'localhost:8443': 7",
    },
    { wrong: { resolve: [null] }, told: 'resolve[0].host: not a text: undefined' },
    {
      wrong: { resolve: [{ host: 'a.example', port: 0, addresses: ['::1'] }] },
      told: 'resolve[0].port: not a whole number from 1 to 65535: 0',
    },
    {
      wrong: { resolve: [{ host: 'a.example', port: 1, addresses: [] }] },
      told: 'resolve[0].addresses: empty: []',
    },
    {
      wrong: { resolve: [{ host: 'a.example', port: 1, addresses: ['b.example'] }] },
      told: "resolve[0].addresses: not an IP address: 'b.example'",
    },
    {
      wrong: { upstreamCa: 'root.pem' },
      told: "upstreamCa[0]: not a certificate in PEM (the contents of a file are wanted, not its name): 'root.pem'",
    },
    { wrong: { upstreamCa: [7] }, told: 'upstreamCa[0]: neither text nor bytes but number' },
    { wrong: { insecure: 'yes' }, told: "insecure: not true or false: 'yes'" },
    {
      wrong: { reverse: 'localhost:3000' },
      told: "reverse: not an http:// or https:// URL: 'localhost:3000'",
    },
    {
      wrong: { reverse: 'http://a/?b' },
      told: "reverse: a query or fragment has no place there: 'http://a/?b'",
    },
    {
      wrong: { reverse: 'http://me:secret@a/' },
      told: 'reverse: a name and password have no place there; let the client send them',
    },
    { wrong: { keepHost: true }, told: 'keepHost: only with reverse, whose requests it is about: true' },
    {
      wrong: { clientCertificates: [{ ...identity }] },
      told: "clientCertificates[0].servers: not a host as in 'api.example.com', '*.example.com' or 'localhost:8443': undefined",
    },
    {
      wrong: { clientCertificates: [{ servers: '*', cert: PEM }] },
      told: 'clientCertificates[0].key: neither text nor bytes but undefined',
    },
  ])('$told', ({ wrong, told }) => {
    expect(() => checkedOptions(wrong as ProxyOptions)).toThrow(new TypeError(`startProxy: ${told}`));
  });

  test('also a name that no option has', () => {
    expect(() => checkedOptions({ prot: 8080 } as ProxyOptions)).toThrow(
      /^startProxy: there is no option prot; there are host, port, .*, memory$/,
    );
  });

  test.each([
    { name: 'a key that is not its certificate’s', given: { cert: identity.cert, key: stranger.key } },
    { name: 'no PKCS #12', given: { pfx: Buffer.from('x') } },
    { name: 'no PEM', given: { cert: 'x', key: 'a secret' } },
  ])('but of $name nothing is quoted', ({ given }) => {
    const options = { clientCertificates: [{ servers: 'a.example', ...given }] } as ProxyOptions;
    expect(() => checkedOptions(options)).toThrow(
      /^startProxy: clientCertificates\[0\], for a\.example: cannot be used: (?!.*secret)/,
    );
  });
});
