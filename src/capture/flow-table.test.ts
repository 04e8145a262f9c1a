import { expect, test } from 'vitest';
import { IPV6_CLIENT, IPV6_SERVER, ipv4, ipv6, tcp } from '../testing/network-packets.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { FlowTable } from './flow-table.ts';
import { readIpPacket } from './ip-packet.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { CaptureScene } from './tcp-end.ts';
import { readTcpSegment } from './tcp-segment.ts';

const scene: CaptureScene = {
  sink: () => {},
  memory: { held: 0 },
  numbers: new ConnectionNumbers(),
  names: new Map(),
  now: 0,
};

function read(bytes: Uint8Array) {
  const packet = readIpPacket(bytes, 0, bytes.length)!;
  return { packet, segment: readTcpSegment(packet)! };
}

/** A packet of a flow, whose number the client's address and port are made of. */
function forth(number: number) {
  const source = [10, 1, number >>> 8, number & 0xff];
  return read(ipv4(tcp({ sourcePort: 1_000 + (number % 7) }), { source }));
}

function back(number: number) {
  const destination = [10, 1, number >>> 8, number & 0xff];
  const segment = tcp({ sourcePort: 80, destinationPort: 1_000 + (number % 7) });
  return read(ipv4(segment, { source: [10, 0, 0, 2], destination }));
}

function add(table: FlowTable, { packet, segment }: ReturnType<typeof read>) {
  return table.add(packet, segment, new TcpConnection(scene, packet, segment, 1));
}

function find(table: FlowTable, { packet, segment }: ReturnType<typeof read>) {
  return table.find(packet, segment);
}

test('a flow is found by packets of both ends, which say from which', () => {
  const table = new FlowTable();
  const flows = Array.from({ length: 2_000 }, (_, number) => add(table, forth(number)));
  for (const [number, flow] of flows.entries()) {
    expect(find(table, forth(number))).toBe(flow);
    expect(flow.from).toBe(0);
    expect(find(table, back(number))).toBe(flow);
    expect(flow.from).toBe(1);
  }
});

test('IPv6 likewise', () => {
  const table = new FlowTable();
  const flow = add(table, read(ipv6(tcp())));
  const answer = tcp({ sourcePort: 80, destinationPort: 50_000 });
  expect(find(table, read(ipv6(answer, { source: IPV6_SERVER, destination: IPV6_CLIENT })))).toBe(flow);
  expect(find(table, read(ipv6(answer)))).toBeUndefined();
  expect(find(table, read(ipv4(tcp())))).toBeUndefined();
});

test('one that was removed is not found, the others are', () => {
  const table = new FlowTable();
  const flows = Array.from({ length: 2_000 }, (_, number) => add(table, forth(number)));
  for (const flow of flows.slice(0, 1_000).toReversed()) table.remove(flow);
  expect(table.open.size).toBe(1_000);
  for (const number of flows.keys()) {
    expect(find(table, back(number))).toBe(number < 1_000 ? undefined : flows[number]);
  }
});

test('flows are in the order in which they were touched', () => {
  const table = new FlowTable();
  const flows = [0, 1, 2, 3].map((number) => add(table, forth(number)));
  table.open.touch(flows[1]!);
  table.over.touch(flows[2]!);
  table.open.touch(flows[0]!);
  table.open.touch(flows[0]!);
  expect([table.open.size, table.over.size]).toEqual([3, 1]);
  const order: unknown[] = [];
  for (let flow = table.open.oldest; flow; flow = table.open.oldest) {
    order.push(flows.indexOf(flow));
    table.remove(flow);
  }
  expect(order).toEqual([3, 1, 0]);
  expect(table.over.oldest).toBe(flows[2]);
});
