import { expect, test } from 'vitest';
import { resolution } from './resolve-option.ts';
import { UsageError } from './usage-error.ts';

test.each([
  { text: 'a.test:443:127.0.0.1', host: 'a.test', port: 443, addresses: ['127.0.0.1'] },
  { text: '*:80:10.0.0.1,10.0.0.2', host: '*', port: 80, addresses: ['10.0.0.1', '10.0.0.2'] },
  { text: 'a:443:[::1]', host: 'a', port: 443, addresses: ['::1'] },
  { text: 'a:443:::1,10.0.0.1', host: 'a', port: 443, addresses: ['::1', '10.0.0.1'] },
  { text: '[::1]:443:127.0.0.1', host: '::1', port: 443, addresses: ['127.0.0.1'] },
])('$text', ({ text, ...read }) => {
  expect(resolution(text)).toEqual(read);
});

test.each([
  { text: 'a', why: 'not HOST:PORT:ADDRESS' },
  { text: 'a:443', why: 'not HOST:PORT:ADDRESS' },
  { text: ':443:127.0.0.1', why: 'not HOST:PORT:ADDRESS' },
  { text: 'https://a:443:127.0.0.1', why: 'not HOST:PORT:ADDRESS' },
  { text: 'a:0:127.0.0.1', why: '0 is not a port' },
  { text: 'a:65536:127.0.0.1', why: '65536 is not a port' },
  { text: 'a:443:localhost', why: '"localhost" is not an IP address' },
  { text: 'a:443:127.0.0.1,', why: '"" is not an IP address' },
  {
    text: '+a:443:127.0.0.1',
    why: "curl's + is for entries that time out, and there are none here; leave it out",
  },
  { text: '-a:443', why: "curl's - is for entries to be removed, and there are none here; leave it out" },
])('$text: $why', ({ text, why }) => {
  const example = "write for example api.example.com:443:127.0.0.1 or '*:443:[::1]'";
  expect(() => resolution(text)).toThrow(new UsageError(`--resolve ${text}: ${why}; ${example}`));
});
