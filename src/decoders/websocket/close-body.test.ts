import { expect, test } from 'vitest';
import { hex } from '../../testing/cuts.ts';
import { readCloseBody } from './close-body.ts';

test.each([
  { name: 'nothing', body: '', told: '' },
  { name: 'a code', body: '03e8', told: '1000' },
  { name: 'a code and a reason', body: '03e8 627965', told: '1000 bye' },
  { name: 'a reason in UTF-8', body: '03e8 c3a9', told: '1000 é' },
  { name: 'a library code', body: '0bb8', told: '3000' },
  { name: 'the last application code', body: '1387', told: '4999' },
])('$name says $told', ({ body, told }) => {
  expect(readCloseBody(hex(body))).toEqual({ name: told, violations: [] });
});

test.each([
  { name: 'one byte', body: '03', told: '', section: '5.5.1' },
  { name: 'a reason that is not UTF-8', body: '03e8 ff', told: '1000 \ufffd', section: '8.1' },
  { name: 'a reason cut inside a character', body: '03e8 e282', told: '1000 \ufffd', section: '8.1' },
])('$name breaks a rule, and shows', ({ body, told, section }) => {
  const { name, violations } = readCloseBody(hex(body));
  expect(name).toBe(told);
  expect(violations).toMatchObject([{ rule: `RFC 6455 section ${section}` }]);
});

test.each([
  [0, '7.4.2'],
  [999, '7.4.2'],
  [1004, '7.4.1'],
  [1005, '7.4.1'],
  [1006, '7.4.1'],
  [1015, '7.4.1'],
  [1016, '7.4.2'],
  [2999, '7.4.2'],
  [5000, '7.4.2'],
  [65535, '7.4.2'],
])('the code %i must not be sent, and shows', (code, section) => {
  const { name, violations } = readCloseBody(Uint8Array.of(code >> 8, code & 0xff));
  expect(name).toBe(`${code}`);
  expect(violations).toMatchObject([{ rule: `RFC 6455 section ${section}` }]);
});

test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
  'the code %i may be sent',
  (code) => {
    expect(readCloseBody(Uint8Array.of(code >> 8, code & 0xff)).violations).toEqual([]);
  },
);
