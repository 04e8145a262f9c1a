import { describe, expect, test } from 'vitest';
import { readHostPattern, serverMatcher } from './host-pattern.ts';

describe('a pattern means', () => {
  test.each([
    { pattern: '*.example.com', host: 'a.b.example.com', matches: true },
    { pattern: '*.example.com', host: 'example.com', matches: false },
    { pattern: '*.example.com', host: 'a.examplexcom', matches: false },
    { pattern: 'Example.com', host: 'example.COM', matches: true },
    { pattern: 'example.com', host: 'example.com.evil', matches: false },
    { pattern: '10.0.*', host: '10.0.1.2', matches: true },
    { pattern: '*', host: '::1', matches: true },
    { pattern: 'a:8443', host: 'a', port: 8443, matches: true },
    { pattern: 'a:8443', host: 'a', port: 443, matches: false },
    { pattern: '*:443', host: 'a', port: 443, matches: true },
    { pattern: '::1', host: '::1', matches: true },
    { pattern: '[::1]', host: '::1', matches: true },
    { pattern: '[::1]:443', host: '::1', port: 443, matches: true },
    { pattern: '[::1]:443', host: '::1', port: 80, matches: false },
    { pattern: 'fe80::*', host: 'fe80::1:2', matches: true },
    { pattern: 'http://a', host: 'a', matches: false },
  ])('$pattern of $host, port $port: $matches', ({ pattern, host, port = 443, matches }) => {
    expect(serverMatcher([pattern])({ host, port })).toBe(matches);
  });

  test('any of several, by the host or by the name in TLS', () => {
    const isMeant = serverMatcher(['a', '*.b:443']);
    expect(isMeant({ host: 'a', port: 1 })).toBe(true);
    expect(isMeant({ host: '10.0.0.1', port: 443 }, 'x.b')).toBe(true);
    expect(isMeant({ host: '10.0.0.1', port: 444 }, 'x.b')).toBe(false);
    expect(isMeant({ host: '10.0.0.1', port: 443 })).toBe(false);
    expect(serverMatcher([])({ host: 'a', port: 1 })).toBe(false);
  });
});

test.each(['', 'https://a', 'a/b', 'a b', 'a:0', 'a:65536', 'a:', 'user@a', '[a', '[]', 'a,b', 'a?b'])(
  '%j is no pattern',
  (text) => {
    expect(readHostPattern(text)).toBeUndefined();
  },
);
