import { expect, test } from 'vitest';
import { entryRanges, type HarDamage } from './entry-ranges.ts';

test.each([
  { name: 'none', har: '{"log":{"entries":[]}}', entries: [] },
  { name: 'one', har: '{"log":{"entries":[{"a":[1,"]"]}]}}', entries: ['{"a":[1,"]"]}'] },
  {
    name: 'behind other members, with white space',
    har: ' { "v" : [ { "log" : 1 } ] , "log" : { "a\\"" : "entries" , "entries" : [ {} ,\n\t{ } ] } }',
    entries: ['{}', '{ }'],
  },
  {
    name: 'with quotes in texts',
    har: '{"log":{"entries":["\\"]","\\\\",{"\\\\":"\\\\\\""}]}}',
    entries: ['"\\"]"', '"\\\\"', '{"\\\\":"\\\\\\""}'],
  },
  { name: 'numbers and words', har: '{"log":{"entries":[1,null,true]}}', entries: ['1', 'null', 'true'] },
  { name: 'behind a byte order mark', har: '\ufeff{"log":{"entries":[{}]}}', entries: ['{}'] },
])('finds entries: $name', ({ har, entries }) => {
  expect(found(har)).toEqual({ entries, damage: undefined });
});

test.each([
  { har: '', detail: 'this is not a JSON object', offset: 0 },
  { har: 'GIF89a', detail: 'this is not a JSON object', offset: 0 },
  { har: '{}', detail: 'there is no log in it', offset: 1 },
  { har: '{"log":[]}', detail: 'its log is not an object', offset: 7 },
  { har: '{"log":{"version":"1.2"}}', detail: 'there is no log.entries in it', offset: 23 },
  { har: '{"log":{"entries":{}}}', detail: 'its entries are not a list', offset: 18 },
  { har: '{"log":{"entries":[{"a":"', detail: 'the file ends inside an entry', offset: 19, entries: [] },
  { har: '{"log":{"entries":[{},{"a', detail: 'the file ends inside an entry', offset: 22, entries: ['{}'] },
  { har: '{"log":{"entries":[{},', detail: 'the file ends inside an entry', offset: 22, entries: ['{}'] },
  { har: '{"log":{"entries":[{}{}]', detail: 'the list of entries is damaged', offset: 21, entries: ['{}'] },
])('$har: $detail', ({ har, detail, offset, entries = [] }) => {
  expect(found(har)).toEqual({ entries, damage: { offset, detail } });
});

function found(har: string): { readonly entries: string[]; readonly damage: HarDamage | undefined } {
  const bytes = Buffer.from(har);
  const entries: string[] = [];
  const ranges = entryRanges(bytes);
  for (let next = ranges.next(); ; next = ranges.next()) {
    if (next.done) return { entries, damage: next.value };
    entries.push(bytes.toString('utf8', next.value.start, next.value.end));
  }
}
