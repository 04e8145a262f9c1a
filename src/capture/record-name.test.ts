import { expect, test } from 'vitest';
import { recordName } from './record-name.ts';

test.each([
  { file: 'chat.pcapng', number: 1, name: 'chat.00001.pcapng' },
  { file: '/var/log/a.b/chat.2026.pcapng', number: 12, name: '/var/log/a.b/chat.2026.00012.pcapng' },
  { file: 'chat', number: 99_999, name: 'chat.99999' },
  { file: './.chat', number: 3, name: './.chat.00003' },
  { file: 'chat.pcapng', number: 123_456, name: 'chat.123456.pcapng' },
])('$file, $number', ({ file, number, name }) => {
  expect(recordName(file, number)).toBe(name);
});
