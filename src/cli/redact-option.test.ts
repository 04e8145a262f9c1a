import { expect, test } from 'vitest';
import type { TapEvent } from '../tap.ts';
import { client, type Said } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { type RedactArguments, redactOption } from './redact-option.ts';

const asked = client(
  'POST /a?sid=1234&token=5678 HTTP/1.1\nHost: a\nX-Team: blue\nContent-Length: 12\n\n{"pin":1234}',
);

function redacted(args: Partial<RedactArguments>, ...said: readonly Said[]): string {
  const told: TapEvent[] = [];
  const redact = redactOption({ redact: false, 'redact-also': undefined, ...args });
  new TapScript(redact!((event) => told.push(event)))
    .open()
    .say(...said)
    .close();
  return told.map((event) => (event.type === 'bytes' ? Buffer.from(event.bytes).toString() : '')).join('');
}

test.each([
  { name: 'the defaults alone', args: { redact: true }, gone: ['5678'] },
  {
    name: 'more names',
    args: { 'redact-also': ['header:X-Team, json:pin', 'query:sid'] },
    gone: ['blue', '?sid=1234', ':1234', '5678'],
  },
  { name: 'a name of all kinds', args: { 'redact-also': ['PIN'] }, gone: [':1234', '5678'] },
])('$name', ({ args, gone }) => {
  const text = redacted(args, asked);
  const secrets = ['blue', '?sid=1234', ':1234', '5678'];
  expect(secrets.filter((secret) => !text.includes(secret))).toEqual(gone);
});

test('nothing is asked for', () => {
  expect(redactOption({ redact: false, 'redact-also': undefined })).toBeUndefined();
});

test.each([
  { also: 'header:', words: 'a name is missing' },
  { also: 'a,,b', words: 'a name is missing' },
  { also: 'cookie:sid', words: 'there is no kind "cookie", only header, query and json' },
  { also: 'json:a b', words: '"a b" is not a name' },
  { also: 'query:a=b', words: '"a=b" is not a name' },
  { also: 'header:Content-Length', words: 'Content-Length has to stay' },
])('--redact-also $also', ({ also, words }) => {
  expect(() => redactOption({ redact: true, 'redact-also': [also] })).toThrow(words);
});
