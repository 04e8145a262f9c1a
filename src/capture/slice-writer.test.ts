import { expect, test } from 'vitest';
import { TcpPackets } from '../testing/network-packets.ts';
import { recordsIn } from '../testing/sliced.ts';
import { NumberSet } from './number-set.ts';
import { SliceWriter } from './slice-writer.ts';

function writer(to?: bigint, mostInterfaces?: number): SliceWriter {
  const serials = new NumberSet();
  serials.add(2);
  return new SliceWriter({ serials, to }, mostInterfaces);
}

const packets = new TcpPackets();
const [first, second] = [packets.sent({ from: 'client' }), packets.sent({ from: 'server' })];

test('copies the packets of its connections, up to a time', () => {
  const slice = writer(first.at);
  for (const serial of [1, 2]) slice.packet(serial, first, undefined);
  slice.packet(2, second, undefined);
  expect(recordsIn(Buffer.concat(slice.take()))).toEqual([first]);
  expect(slice.packets).toBe(1);
  expect(slice.take()).toEqual([]);
});

test('begins another section when one has all the interfaces that a reader takes', () => {
  const slice = writer(undefined, 2);
  for (const seen of [5, 6, 5, 7, 7, 5]) slice.packet(2, { ...first, interface: seen }, undefined);
  const bytes = Buffer.concat(slice.take());
  const interfaces = recordsIn(bytes).map((record) => record.type === 'packet' && record.interface);
  expect(interfaces).toEqual([0, 1, 0, 2, 2, 3]);
  const sections = bytes.toString('latin1').split('\n\r\r\n').length - 1;
  expect(sections).toBe(2);
});

test('comments that are no UTF-8 take more room than they did, and may be cut', () => {
  const slice = writer();
  slice.packet(2, { ...first, comments: ['\ufffd'.repeat(40_000), 'x'.repeat(65_535)] }, undefined);
  const [record] = recordsIn(Buffer.concat(slice.take()));
  expect(record).toMatchObject({ comments: ['\ufffd'.repeat(21_845), 'x'.repeat(65_535)] });
});
