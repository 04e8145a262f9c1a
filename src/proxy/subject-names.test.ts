import { expect, test } from 'vitest';
import { subjectNames } from './subject-names.ts';

test.each([
  { host: 'Example.COM', type: 'dns', names: ['example.com'] },
  { host: 'example.com.', type: 'dns', names: ['example.com'] },
  { host: 'localhost', type: 'dns', names: ['localhost'] },
  { host: 'bücher.example', type: 'dns', names: ['xn--bcher-kva.example'] },
  { host: '例え。テスト', type: 'dns', names: ['xn--r8jz45g.xn--zckzah'] },
  { host: '*.example.com', type: 'dns', names: ['*.example.com'] },
  { host: 'my_app.example.com', type: 'dns', names: ['my_app.example.com', '*.example.com'] },
  { host: 'my_app.eu.example.com', type: 'dns', names: ['my_app.eu.example.com', '*.eu.example.com'] },
  { host: 'my_app.com', type: 'dns', names: ['my_app.com'] },
  { host: 'my_app', type: 'dns', names: ['my_app'] },
  { host: 'www.my_app.example.com', type: 'dns', names: ['www.my_app.example.com'] },
  { host: '127.0.0.1', type: 'ip', names: ['127.0.0.1'] },
  { host: '127.0.0.1.', type: 'ip', names: ['127.0.0.1'] },
  { host: '::1', type: 'ip', names: ['::1'] },
  { host: '[::1]', type: 'ip', names: ['::1'] },
  { host: '2001:DB8:0:0::1', type: 'ip', names: ['2001:db8::1'] },
  { host: 'fe80::1%eth0', type: 'ip', names: ['fe80::1'] },
  { host: '::ffff:192.0.2.1', type: 'ip', names: ['::ffff:c000:201'] },
])('$host is named $names', ({ host, type, names }) => {
  expect(subjectNames(host)).toEqual({ type, host: names[0], names });
});

test.each([
  '',
  '.',
  'a..b',
  'a b',
  'a\0b',
  '*',
  '*.*.com',
  'www.*.com',
  'a/b',
  'a,b',
  'ü/b',
  'ü:443',
  'ü@b',
  'ü%41',
  'ü b',
  '[example.com]',
  `${'a'.repeat(63)}.`.repeat(4),
])('%j cannot be named', (host) => {
  expect(subjectNames(host)).toBeUndefined();
});
