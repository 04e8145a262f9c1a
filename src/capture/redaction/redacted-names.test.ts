import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isNeededField, REDACTED_BY_DEFAULT, RedactedNames } from './redacted-names.ts';

test('the page lists the names', () => {
  const section = readFileSync('docs/redaction.md', 'utf8').split('## Names')[1]!.split('## ')[0]!;
  const lists = section.split('\n\n').filter((paragraph) => /^(?:Header|Parameters)/.test(paragraph));
  const [headers, both, parameters] = lists.map((list) =>
    Array.from(list.matchAll(/`([^`]+)`/g), ([, name]) => name),
  );
  expect(headers).toEqual(REDACTED_BY_DEFAULT.header);
  expect(both).toEqual(REDACTED_BY_DEFAULT.json);
  expect([...both!, ...parameters!]).toEqual(REDACTED_BY_DEFAULT.query);
});

test.each([
  { name: 'accessToken', isSecret: true },
  { name: 'ACCESS-TOKEN', isSecret: true },
  { name: 'to\\u006Ben', isSecret: true },
  { name: '\\\\u0074oken', isSecret: true },
  { name: 'tokens', isSecret: false },
  { name: '', isSecret: false },
])('the member $name', ({ name, isSecret }) => {
  expect(new RedactedNames().hasMember(name)).toBe(isSecret);
});

test.each([
  { name: 'user[password]', isSecret: true },
  { name: 'user%5Bpassword%5D', isSecret: true },
  { name: 'a.token', isSecret: true },
  { name: 'token[a]', isSecret: false },
])('the parameter $name', ({ name, isSecret }) => {
  expect(new RedactedNames().hasParameter(name)).toBe(isSecret);
});

test('names of the user are added; what is needed stays', () => {
  const names = new RedactedNames({ header: ['X-Team', 'Host'], query: ['Sid'], json: ['pin_code'] });
  expect(names.hasHeader('x-team')).toBe(true);
  expect(names.hasHeader('host')).toBe(false);
  expect(names.hasParameter('sid')).toBe(true);
  expect(names.hasMember('pinCode')).toBe(true);
  expect(names.hasMember('sid')).toBe(false);
  expect(isNeededField('host')).toBe(true);
});
