import { describe, expect, test } from 'vitest';
import { originForm, pollResource, queryValue, shownResource } from './resource.ts';

describe('one resource', () => {
  test.each([
    { one: '/x?_=1690000000001', other: '/x?_=1690000000002' },
    { one: '/x', other: '/x?_=abc' },
    { one: '/x', other: '/x?after=7' },
    { one: '/x?a=b&t=1', other: '/x?a=b&t=2' },
    { one: '/x?1690000000', other: '/x?1690000001' },
    { one: '/x?dojo.preventCache=1', other: '/x?dojo.preventCache=2' },
    { one: '/x?Last-Event_Id=1', other: '/x?Last-Event_Id=2' },
    { one: 'http://a/x?y=z', other: '/x?y=z' },
    { one: '/x?', other: '/x' },
  ])('$one and $other', ({ one, other }) => {
    expect(pollResource(one)).toEqual(pollResource(other));
  });
});

describe('two resources', () => {
  test.each([
    { one: '/x?page=1', other: '/x?page=2' },
    { one: '/x?id=1', other: '/x?id=2' },
    { one: '/x?t=weather', other: '/x?t=news' },
    { one: '/x?room=main', other: '/x?room=side' },
    { one: '/x', other: '/y' },
    { one: '/x', other: '/x?room=main' },
    { one: '/x?q=very+long+text+of+a+search', other: '/x?q=very+long+text+of+another' },
  ])('$one and $other', ({ one, other }) => {
    expect(pollResource(one).key).not.toBe(pollResource(other).key);
  });
});

test.each([
  { target: '/x?n=12', loose: '&n=12' },
  { target: '/x?n=12&at=2024-01-02T03:04:05Z&b=c', loose: '&n=12&at=2024-01-02T03:04:05Z' },
  { target: '/x?cursor=', loose: '&cursor=' },
  { target: '/x?token=abcdefghijklmnopqrstuvwxyz', loose: '&token=abcdefghijklmnopqrstuvwxyz' },
  { target: '/x?b=c&_=5', loose: '' },
])('only comparing can tell what "$loose" of $target is', ({ target, loose }) => {
  expect(pollResource(target).loose).toBe(loose);
});

test.each([
  { target: '/inbox?_=1', isLooseChanging: false, shown: '/inbox?_=…' },
  { target: '/inbox?n=1&a=b', isLooseChanging: false, shown: '/inbox?n=1&a=b' },
  { target: '/inbox?n=1&a=b', isLooseChanging: true, shown: '/inbox?n=…&a=b' },
  { target: '/inbox?1690000000', isLooseChanging: false, shown: '/inbox?…' },
  { target: '/inbox', isLooseChanging: true, shown: '/inbox' },
  { target: `/${'a'.repeat(1000)}`, isLooseChanging: true, shown: `/${'a'.repeat(299)}…` },
])('$target is shown as $shown', ({ target, isLooseChanging, shown }) => {
  expect(shownResource(target, isLooseChanging)).toBe(shown);
});

test('the path of every form of target', () => {
  expect(['/a?b', 'http://h/a?b', 'http://h', '*', ''].map(originForm)).toEqual([
    '/a?b',
    '/a?b',
    '/',
    '*',
    '',
  ]);
});

test('a value of the query', () => {
  expect(queryValue('/x?ab=1&a=2&a=3', 'a')).toBe('2');
  expect(queryValue('/x?ab=1&a', 'a')).toBeUndefined();
  expect(queryValue('/a=1', 'a')).toBeUndefined();
});
