import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaptureFile, captureStory, joined } from '../testing/capture-file.ts';
import { hex } from '../testing/cuts.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import {
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  nameResolution,
  sectionHeader,
} from './pcapng-blocks.ts';

const folder = new TemporaryFolder();
const ours = join(folder.path, 'ours.pcapng');
afterAll(() => folder[Symbol.dispose]());

/** UDP over IPv4 from 192.0.2.1 to 192.0.2.2, and over IPv6 from 2001:db8::1 to 2001:db8::2. */
const IPV4 = hex('4500001f00000000401100 00 c0000201 c0000202');
const IPV6 = hex('60000000000b1140 20010db8000000000000000000000001 20010db8000000000000000000000002');
const UDP = hex('04d2 162e 000b 0000 616263');

beforeAll(() => {
  const packets = [
    { bytes: [IPV4, UDP], at: 1_763_842_000_123_456_789n, comments: ['first', 'sécond'] },
    { bytes: [IPV6, UDP], at: 1_763_842_001_000_000_001n },
    {
      bytes: [joined(IPV4, UDP)],
      at: 1_763_842_001_000_000_002n,
      comments: [`tare {"x":"${'y'.repeat(9000)}"}`],
    },
  ];
  writeFileSync(
    ours,
    Buffer.concat([
      sectionHeader({ application: 'tare 1', system: 'linux', hardware: 'x64' }),
      interfaceDescription({ link: 101, name: 'tare' }),
      nameResolution([
        { address: '192.0.2.2', names: ['four.example'] },
        { address: '2001:db8::2', names: ['six.example'] },
      ]),
      ...packets.map((packet) => enhancedPacket({ interface: 0, ...packet })),
      interfaceStatistics({ interface: 0, at: 1_763_842_002_000_000_000n, received: 10, dropped: 7 }),
    ]),
  );
});

function run(program: string, ...parameters: string[]): string {
  return execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function fieldsOf(file: string, ...names: string[]): string[][] {
  const fields = names.flatMap((name) => ['-e', name]);
  const lines = run(
    'tshark',
    '-r',
    file,
    '-Nn',
    '-Tfields',
    '-E',
    'occurrence=a',
    '-E',
    'aggregator=|',
    ...fields,
  );
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

function told(file: string): string[] {
  const decoder = new CaptureDecoder();
  return captureStory([...decoder.push(readFileSync(file)), ...decoder.end()]);
}

test('tshark reads what was written: times, lengths, comments and names', () => {
  const fields = [
    'frame.time_epoch',
    'frame.len',
    'udp.payload',
    'ip.dst_host',
    'ipv6.dst_host',
    'frame.interface_name',
  ];
  expect(fieldsOf(ours, ...fields)).toEqual([
    ['1763842000.123456789', '31', '616263', 'four.example', '', 'tare'],
    ['1763842001.000000001', '51', '616263', '', 'six.example', 'tare'],
    ['1763842001.000000002', '31', '616263', 'four.example', '', 'tare'],
  ]);
  const comments = fieldsOf(ours, 'frame.comment').map(([comment]) => comment);
  expect(comments).toEqual(['first|sécond', '', `tare {"x":"${'y'.repeat(9000)}"}`]);
});

test('capinfos finds the facts of the file, and nothing wrong with it', () => {
  const facts = run('capinfos', '-M', ours);
  expect(facts).toMatch(/Encapsulation = Raw IP/);
  expect(facts).toMatch(/Number of packets:\s+3/);
  expect(facts).toMatch(/Capture application:\s+tare 1/);
  expect(facts).toMatch(/Capture oper-sys:\s+linux/);
  expect(facts).toMatch(/Capture hardware:\s+x64/);
  expect(facts).toMatch(/timestamp precision:\s+nanoseconds/);
});

const PACKETS = [
  'packet 0/101 at 1763842000123456789',
  'packet 0/101 at 1763842001000000001',
  'packet 0/101 at 1763842001000000002',
];

test.each([
  { format: 'pcapng', times: PACKETS },
  { format: 'nsecpcap', times: PACKETS },
  { format: 'pcap', times: PACKETS.map((line) => `${line.slice(0, -3)}000`) },
])('what editcap made of it as $format is read the same', ({ format, times }) => {
  const theirs = join(folder.path, format);
  run('editcap', '-F', format, ours, theirs);
  const packets = told(theirs).filter((line) => line.startsWith('packet'));
  expect(packets.map((line) => line.split(': ')[0])).toEqual(times);
  expect(packets.map((line) => line.split(' of ')[1]?.slice(0, 2))).toEqual(['31', '51', '31']);
});

test.each(['modpcap', 'snoop'])('what editcap made of it as %s is told as what it is', (format) => {
  const theirs = join(folder.path, format);
  run('editcap', '-F', format, '-T', 'ether', ours, theirs);
  expect(told(theirs)).toEqual([
    expect.stringMatching(/^damage at 0: .* is not supported: convert it with editcap$/),
  ]);
});

test('a file of two interfaces that mergecap made', () => {
  const ethernet = join(folder.path, 'ethernet.pcap');
  const merged = join(folder.path, 'merged.pcapng');
  run('editcap', '-F', 'pcap', '-T', 'ether', ours, ethernet);
  run('mergecap', '-a', '-w', merged, ours, ethernet);
  const sources = told(merged)
    .filter((line) => line.startsWith('packet'))
    .map((line) => line.split(' ')[1]);
  expect(sources).toEqual(['0/101', '0/101', '0/101', '1/1', '1/1', '1/1']);
});

test.each(['little', 'big'] as const)(
  'tshark takes the %s-endian files that other tests are made of',
  (byteOrder) => {
    const file = new CaptureFile(byteOrder);
    const blocks = joined(
      file.section(),
      file.interface(101, file.option(9, hex('09'))),
      file.packet(1_763_842_000_123_456_789n, joined(IPV4, UDP), [file.option(1, 'said')]),
    );
    const pcap = joined(file.pcap(0xa1b23c4d), file.record(1_763_842_000, 123_456_789, joined(IPV4, UDP)));
    for (const [name, bytes] of Object.entries({ blocks, pcap })) {
      const path = join(folder.path, name);
      writeFileSync(path, bytes);
      expect(fieldsOf(path, 'frame.time_epoch', 'udp.payload')).toEqual([['1763842000.123456789', '616263']]);
    }
  },
);
