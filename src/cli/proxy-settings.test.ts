import { expect, test } from 'vitest';
import type { ProxyArguments } from './proxy-options.ts';
import { proxySettings } from './proxy-settings.ts';
import { UsageError } from './usage-error.ts';

/** What yargs makes of a command line without options. */
const NONE: ProxyArguments = {
  host: '127.0.0.1',
  port: '8080',
  reverse: undefined,
  'keep-host': false,
  only: undefined,
  hide: undefined,
  passthrough: undefined,
  resolve: undefined,
  'upstream-ca': undefined,
  'client-cert': undefined,
  insecure: false,
  view: 'auto',
  theme: 'auto',
  audit: false,
  filter: undefined,
  keylog: undefined,
  record: undefined,
  'record-limit': undefined,
  redact: false,
  'redact-also': undefined,
  memory: undefined,
  for: undefined,
  'until-idle': undefined,
};

test('without options all is shown', () => {
  expect(proxySettings(NONE)).toEqual({
    listen: { host: '127.0.0.1', port: 8080 },
    passthrough: [],
    scope: { only: [], hide: [] },
    resolutions: [],
  });
});

test('each option is read', () => {
  const settings = proxySettings({
    ...NONE,
    port: '0',
    reverse: 'http://a:3000/x',
    'keep-host': true,
    only: ['*.a', 'b:443'],
    hide: ['c'],
    passthrough: ['[::1]:443'],
    resolve: ['a:443:127.0.0.1', '*:80:[::1]'],
  });
  expect(settings).toEqual({
    listen: { host: '127.0.0.1', port: 0 },
    reverse: { target: new URL('http://a:3000/x'), keepHost: true },
    scope: { only: ['*.a', 'b:443'], hide: ['c'] },
    passthrough: ['[::1]:443'],
    resolutions: [
      { host: 'a', port: 443, addresses: ['127.0.0.1'] },
      { host: '*', port: 80, addresses: ['::1'] },
    ],
  });
});

test.each([
  { only: ['a', 'https://a/'] },
  { hide: [''] },
  { passthrough: ['a/b'] },
  { resolve: ['a:443:b'] },
  { reverse: 'a' },
  { 'keep-host': true },
  { port: 'http' },
])('%j is wrong usage, and the complaint names the option', (args) => {
  const [option] = Object.keys(args);
  expect(() => proxySettings({ ...NONE, ...args })).toThrow(UsageError);
  expect(() => proxySettings({ ...NONE, ...args })).toThrow(`--${option}`);
});
