import { expect, test } from 'vitest';
import { FACTS } from '../testing/tap-script.ts';
import { PacketWriter } from './packet-writer.ts';
import { nameResolution } from './pcapng-blocks.ts';
import { endOfWholeBlocks, packetsIn } from './whole-blocks.ts';

const names = nameResolution([{ address: '192.0.2.1', names: ['a.example'] }]);
const blocks = Buffer.concat([names, names]);

test.each([
  { length: 0, end: 0 },
  { length: 7, end: 0 },
  { length: names.length - 1, end: 0 },
  { length: names.length, end: names.length },
  { length: names.length + 9, end: names.length },
  { length: blocks.length, end: blocks.length },
])('of $length bytes $end are whole blocks', ({ length, end }) => {
  expect(endOfWholeBlocks(blocks, length)).toBe(end);
});

test('counts packets, and nothing else', () => {
  const handshake = new PacketWriter(0n).take({ type: 'opened', connection: 1, at: 0, facts: FACTS });
  expect(packetsIn(Buffer.concat([...handshake, names]))).toBe(3);
  expect(packetsIn(Buffer.concat([names, ...handshake]), names.length)).toBe(3);
  expect(packetsIn(blocks)).toBe(0);
});
