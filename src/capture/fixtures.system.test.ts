import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type TrafficCounts, tareCounts } from '../testing/traffic-counts.ts';
import { tsharkCounts } from '../testing/tshark-counts.ts';

const CAPTURE = /\.pcap(ng)?(\.gz)?$/;

/** Ours, and those of others where that folder is beside the project. */
const folders = ['fixtures', '../shared/vectors/captures'].filter((folder) => existsSync(folder));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => CAPTURE.test(name))
    .map((name) => join(folder, name)),
);

/** Where tshark and tare do not read a file alike unless tshark is told how to, or not even then. docs/recordings.md tells of it. */
interface Difference {
  /** Preferences with which tshark reads it as tare does, or as nearly as it can. */
  readonly asked?: readonly string[];
  /** What tshark then tells, when that is not what tare tells. */
  readonly told?: (tare: TrafficCounts) => TrafficCounts;
}

/** tshark waits for segments that come late; for those that never come it waits until the end. */
const AS_IT_LIES = ['-o', 'tcp.reassemble_out_of_order:FALSE'];

/** tshark shows a response once its body is whole; that of a stream which the client leaves, or which has a hole, never is. */
const HEADS_ALONE = ['-o', 'http.desegment_body:FALSE'];

/** The same, where bodies have to be put together for heads to be found behind them. */
function withoutOpenStreams(tare: TrafficCounts): TrafficCounts {
  return { ...tare, responses: tare.responses - 2 };
}

/** Behind a hole tshark takes each segment for the beginning of a frame. tare does not guess: what it cannot place is undecoded. */
function guessing(...frames: readonly string[]): (tare: TrafficCounts) => TrafficCounts {
  return (tare) => ({ ...tare, frames: [...tare.frames, ...frames].sort() });
}

/** tshark goes by the length that packets had on the wire, and by the first line of a head; tare by bytes that are there, and whole heads. */
function unshortened(): TrafficCounts {
  return { ...tareCounts('fixtures/tcpdump-polling.pcap'), requests: 8 };
}

const differences: Readonly<Record<string, Difference>> = {
  'altered-late-websocket.pcap': { asked: AS_IT_LIES },
  'altered-lost-deflate.pcap': {
    asked: AS_IT_LIES,
    told: guessing('client text 55', 'client text 59', 'client pong 0', 'client pong 0', 'client close 9'),
  },
  'altered-lost-polling.pcap': { asked: AS_IT_LIES },
  'altered-lost-sse.pcap': { asked: [...AS_IT_LIES, ...HEADS_ALONE] },
  'altered-lost-websocket.pcap': {
    asked: AS_IT_LIES,
    told: guessing(
      ...['text 126', 'text 700', 'binary 4', 'continuation 4', 'ping 12', 'continuation 5', 'close 9'].map(
        (frame) => `client ${frame}`,
      ),
    ),
  },
  'altered-overlapped-sse.pcap': { asked: HEADS_ALONE },
  'altered-segmented-sse.pcap': { told: withoutOpenStreams },
  'altered-snapshot.pcap': { asked: AS_IT_LIES, told: unshortened },
  'tare-sse.pcapng': { told: withoutOpenStreams },
  'tare-tls.pcapng': { asked: HEADS_ALONE },
  'tcpdump-sse.pcap': { asked: HEADS_ALONE },
  'http-entity_gap.pcap': { asked: [...AS_IT_LIES, ...HEADS_ALONE] },
};

test.each(files)('tshark and tare count the same in %s', (file) => {
  const { asked = [], told = (tare: TrafficCounts) => tare } = differences[basename(file)] ?? {};
  expect(tsharkCounts(file, asked)).toEqual(told(tareCounts(file)));
});

test('each difference is of a file that is there, and is one', () => {
  const names = new Set(files.map((file) => basename(file)));
  const known = Object.keys(differences).filter((name) => folders.length === 2 || names.has(name));
  expect(known.filter((name) => !names.has(name))).toEqual([]);
  for (const [file, counts] of files.map((file) => [file, tareCounts(file)] as const)) {
    const { told } = differences[basename(file)] ?? {};
    if (told) expect(told(counts), file).not.toEqual(counts);
  }
});
