import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, cuts } from '../../testing/cuts.ts';
import type { Edit } from './edit.ts';
import { EventStreamScanner } from './event-stream-scanner.ts';
import { RedactedNames } from './redacted-names.ts';
import { TextScanner } from './text-scanner.ts';

const names = new RedactedNames({ json: ['Pin'], query: ['sid'] });

/** The text as it is handed on. */
function scanned(text: string, places: readonly number[], scanner: TextScanner | EventStreamScanner): string {
  const parts = cutAt(Buffer.from(text), places).map((part) => {
    const edits: Edit[] = [];
    scanner.scan(part, edits);
    for (const { from, to, byte } of edits) part.fill(byte, from, to);
    return part;
  });
  return Buffer.concat(parts).toString();
}

const texts = [
  { name: 'a string', text: '{"token":"abc","a":"b"}', told: '{"token":"xxx","a":"b"}' },
  { name: 'white space', text: '{"token"\n\t: \r\n "abc"}', told: '{"token"\n\t: \r\n "xxx"}' },
  {
    name: 'more of it than is remembered',
    text: `"a"${' '.repeat(300)}: "abc"`,
    told: `"a"${' '.repeat(300)}: "xxx"`,
  },
  {
    name: 'names are one however they are written',
    text: '{"accessToken":"a","ACCESS-TOKEN":"b"}',
    told: '{"accessToken":"x","ACCESS-TOKEN":"x"}',
  },
  {
    name: 'a name that has more to it',
    text: '{"tokens":"a","mytoken":"b"}',
    told: '{"tokens":"a","mytoken":"b"}',
  },
  { name: 'a name of the user', text: '{"pin":1204,"PIN":-0.5e7}', told: '{"pin":1111,"PIN":-1.1e1}' },
  {
    name: 'words stay',
    text: '{"token":null,"secret":true,"pin":false }',
    told: '{"token":null,"secret":true,"pin":false }',
  },
  {
    name: 'words that are none',
    text: '{"token":nullish,"pin":abc-1}',
    told: '{"token":nullxxx,"pin":xxx-1}',
  },
  {
    name: 'escapes',
    text: '{"token":"a\\"b\\\\","x":"\\u00e9"}',
    told: '{"token":"x\\"x\\\\","x":"\\u00e9"}',
  },
  { name: 'an escaped character', text: '{"token":"\\u00e9\\n"}', told: '{"token":"\\nxxxx\\n"}' },
  { name: 'characters of many bytes', text: '{"token":"é€","a":"é"}', told: '{"token":"xxxxx","a":"é"}' },
  { name: 'an escaped name', text: '{"to\\u006ben":"a"}', told: '{"to\\u006ben":"x"}' },
  {
    name: 'an object',
    text: '{"token":{"a":["b",1,null],"c":{}},"d":"e"}',
    told: '{"token":{"x":["x",1,null],"x":{}},"d":"e"}',
  },
  {
    name: 'JSON in JSON',
    text: '{"a":"{\\"token\\":\\"b\\\\n\\",\\"c\\":\\"d\\"}"}',
    told: '{"a":"{\\"token\\":\\"x\\\\n\\",\\"c\\":\\"d\\"}"}',
  },
  { name: 'behind an odd quote', text: '5" "token":"a"', told: '5" "token":"x"' },
  { name: 'Socket.IO', text: '42["auth",{"token":"a"}]', told: '42["auth",{"token":"x"}]' },
  { name: 'a string that does not end', text: '{"token":"abc', told: '{"token":"xxx' },
  { name: 'line ends in it stay', text: '{"token":"a\nb"}', told: '{"token":"x\nx"}' },
  { name: 'no value', text: '{"token":,"a":"b"} "token": }', told: '{"token":,"a":"b"} "token": }' },
  { name: 'parameters', text: '/a?b=1&token=abc&c=2', told: '/a?b=1&token=xxx&c=2' },
  { name: 'a form', text: 'sid=abc&user%5Bpassword%5D=d+e%20f', told: 'sid=xxx&user%5Bpassword%5D=xxxxxxx' },
  { name: 'the name of a parameter, encoded', text: '?t%6Fken=abc', told: '?t%6Fken=xxx' },
  { name: 'a fragment', text: 'https://a/#id_token=a.b.c#d', told: 'https://a/#id_token=xxxxx#d' },
  { name: 'in a page', text: '<a href="/?token=abc">token=x</a>', told: '<a href="/?token=xxx">token=x</a>' },
  { name: '&amp;', text: '?a=1&amp;token=abc', told: '?a=1&amp;token=xxx' },
  {
    name: 'an escaped ampersand',
    text: '"/?a=1\\u0026token=abc\\u0026b=2"',
    told: '"/?a=1\\u0026token=xxx\\u0026b=2"',
  },
  { name: 'an escaped slash', text: '"?token=ab\\/cd&b=1"', told: '"?token=xx\\/xx&b=1"' },
  {
    name: 'an escape within a value',
    text: '"?token=ab\\u003dcd"',
    told: '"?token=xx\\u0011xx"',
  },
  { name: 'no parameter', text: 'a token=abc, (token=abc)', told: 'a token=abc, (token=abc)' },
];

describe.each(texts)('$name', ({ text, told }) => {
  test('is told the same wherever it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(scanned(text, places, new TextScanner(names))).toBe(told);
      }),
      { numRuns: 30 },
    );
  });
});

test('JSON stays JSON with the same members', () => {
  const key = fc.constantFrom('token', 'a', 'passwd', 'é"\\');
  const values = [
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.double({ noNaN: true }),
    fc.constant(null),
  ];
  const value = fc.object({ key, values, maxKeys: 3, maxDepth: 3, withNullPrototype: false });
  fc.assert(
    fc.property(value, fc.nat(2), cuts, (value, indent, places) => {
      const text = JSON.stringify(value, undefined, indent);
      const told = scanned(text, places, new TextScanner(names));
      expect(Buffer.byteLength(told)).toBe(Buffer.byteLength(text));
      expect(harmless(JSON.parse(told))).toEqual(harmless(JSON.parse(text)));
    }),
    { numRuns: 50 },
  );
});

/** Without what is under the names of secrets. */
function harmless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'token' && name !== 'passwd');
  return entries.map(([name, member]) => [name, harmless(member)]);
}

const streams = [
  { name: 'data', text: 'data: {"token":"abc"}\n\n', told: 'data: {"token":"xxx"}\n\n' },
  {
    name: 'data of several lines',
    text: 'data:{"token":\r\ndata:\r\ndata: "a"}\r\n\r\n',
    told: 'data:{"token":\r\ndata:\r\ndata: "x"}\r\n\r\n',
  },
  {
    name: 'a comment in between',
    text: 'data:{"token":\n: hi\nid:1\ndata:"a"}\n\n',
    told: 'data:{"token":\n: hi\nid:1\ndata:"x"}\n\n',
  },
  {
    name: 'an event that does not end',
    text: 'data:{"token":"a\n\ndata:b"\n\n',
    told: 'data:{"token":"x\n\ndata:b"\n\n',
  },
  { name: 'a byte order mark', text: '\ufeffdata:{"token":"a"}\n\n', told: '\ufeffdata:{"token":"x"}\n\n' },
  {
    name: 'lines of other kinds',
    text: 'event: {"token":"a"}\rid: /?token=b\r: ?token=c\rdatum: ?token=d\r\r',
    told: 'event: {"token":"x"}\rid: /?token=x\r: ?token=x\rdatum: ?token=x\r\r',
  },
];

describe.each(streams)('an event stream: $name', ({ text, told }) => {
  test('is told the same wherever it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(scanned(text, places, new EventStreamScanner(names))).toBe(told);
      }),
      { numRuns: 30 },
    );
  });
});
