import { expect, test } from 'vitest';
import { hostMatcher } from './host-pattern.ts';

test.each([
  { patterns: ['*.example.com'], name: 'a.b.example.com', matches: true },
  { patterns: ['*.example.com'], name: 'example.com', matches: false },
  { patterns: ['*.example.com'], name: 'a.examplexcom', matches: false },
  { patterns: ['Example.com'], name: 'example.COM', matches: true },
  { patterns: ['a', '10.0.*'], name: '10.0.1.2', matches: true },
  { patterns: [], name: 'a', matches: false },
])('$patterns and $name: $matches', ({ patterns, name, matches }) => {
  expect(hostMatcher(patterns)(undefined, name)).toBe(matches);
});
