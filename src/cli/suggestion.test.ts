import { expect, test } from 'vitest';
import { suggestion } from './suggestion.ts';

const words = ['host', 'port', 'passthrough', 'for', 'demo'];

test.each([
  ['prot', 'port'],
  ['ports', 'port'],
  ['passtrough', 'passthrough'],
  ['hots', 'host'],
  ['fro', 'for'],
  ['demoo', 'demo'],
  ['xyz', undefined],
  ['x', undefined],
  ['', undefined],
])('%j is meant to be %s', (typed, meant) => {
  expect(suggestion(typed, words)).toBe(meant);
});
