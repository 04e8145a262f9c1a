import { expect, test } from 'vitest';
import { socketLimit } from './descriptors.ts';

const limits = (files: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             95911                95911                processes
Max open files            ${files.padEnd(20)} 1048576              files
`;

test.each([
  { name: 'leaves room for what else is opened', text: limits('1024'), most: 992 },
  { name: 'is never less than one client and its server', text: limits('8'), most: 2 },
  { name: 'is none where there is none', text: limits('unlimited'), most: Number.POSITIVE_INFINITY },
  { name: 'is none where the system does not tell', text: '', most: Number.POSITIVE_INFINITY },
])('the limit of sockets $name', ({ text, most }) => {
  expect(socketLimit(text)).toBe(most);
});

test.runIf(process.platform === 'linux')('the limit of this process is known', () => {
  expect(socketLimit()).toBeGreaterThan(2);
});
