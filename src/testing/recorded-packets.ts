import { CaptureDecoder } from '../capture/capture-decoder.ts';
import { addressText } from '../capture/ip-address.ts';
import { readIpPacket } from '../capture/ip-packet.ts';
import type { PacketRecord } from '../capture/record.ts';
import { readComment, type TareComment } from '../capture/tare-comment.ts';
import { readTcpSegment } from '../capture/tcp-segment.ts';
import type { Side } from '../tap.ts';

/** A packet of a recording, as a test looks at it. */
export interface RecordedPacket {
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  /** `address port > address port` */
  readonly way: string;
  /** The control bits' letters: S, A, F, R. */
  readonly flags: string;
  /** Without a sign. */
  readonly seq: number;
  readonly ack: number;
  readonly payload: Buffer;
  readonly comments: readonly TareComment[];
}

/** What a recording is made of: packets, and the names of addresses as `address name`. Damage makes it throw. */
export function readRecording(file: Uint8Array): {
  readonly packets: readonly RecordedPacket[];
  readonly names: readonly string[];
} {
  const decoder = new CaptureDecoder();
  const packets: RecordedPacket[] = [];
  const names: string[] = [];
  for (const record of [...decoder.push(file), ...decoder.end()]) {
    if (record.type === 'packet') packets.push(readPacket(record));
    else if (record.type === 'damage') throw new Error(`damage at ${record.offset}: ${record.detail}`);
    else
      names.push(...record.entries.flatMap((entry) => entry.names.map((name) => `${entry.address} ${name}`)));
  }
  return { packets, names };
}

function readPacket({ at, bytes, length, comments }: PacketRecord): RecordedPacket {
  const ip = readIpPacket(bytes, 0, length);
  const tcp = ip && readTcpSegment(ip);
  if (!tcp || bytes.length !== length) throw new Error('a packet that is not whole');
  const size = ip.version === 4 ? 4 : 16;
  const [source, destination] = [0, size].map((offset) =>
    addressText(bytes.subarray(ip.addresses + offset, ip.addresses + offset + size)),
  );
  return {
    at,
    way: `${source} ${tcp.sourcePort} > ${destination} ${tcp.destinationPort}`,
    flags: ['F', 'S', 'R', '', 'A'].filter((_, bit) => tcp.flags & (1 << bit)).join(''),
    seq: tcp.seq >>> 0,
    ack: tcp.ack >>> 0,
    payload: Buffer.from(tcp.bytes),
    comments: comments.map(readOwnComment),
  };
}

function readOwnComment(text: string): TareComment {
  const comment = readComment(text);
  if (!comment) throw new Error(`not a comment of tare's: ${text}`);
  return comment;
}

/** What one side said in the connection whose client has this port, lost bytes left out. */
export function saidIn(packets: readonly RecordedPacket[], clientPort: number, from: Side): Buffer {
  const isTheirs = ({ way }: RecordedPacket) =>
    from === 'client' ? way.includes(` ${clientPort} > `) : way.endsWith(` ${clientPort}`);
  return Buffer.concat(packets.filter(isTheirs).map(({ payload }) => payload));
}
