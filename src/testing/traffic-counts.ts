import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CaptureDecoder } from '../capture/capture-decoder.ts';
import { PacketSource } from '../capture/packet-source.ts';
import { FrameDecoder } from '../decoders/websocket/frame-decoder.ts';
import { OPCODE } from '../decoders/websocket/frame-header.ts';
import type { Connection } from '../session/connection.ts';
import type { RowKind } from '../session/message-table.ts';
import { Session } from '../session/session.ts';
import type { Side, TapEvent } from '../tap.ts';
import { HeardTaps } from './heard-taps.ts';

/** What two readers of a capture can be compared by. */
export interface TrafficCounts {
  /** HTTP requests, and responses, informational ones included. */
  readonly requests: number;
  readonly responses: number;
  /** Frames of WebSockets, sorted: who sent it, its opcode, and the length of its payload. */
  readonly frames: readonly string[];
  /** Bytes of TCP payload, those that were sent again included, by the ports from and to which they were sent. */
  readonly payload: Readonly<Record<string, number>>;
}

const SIDES = ['client', 'server'] as const;

/** Words for the opcodes of frames. */
export const OPCODE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]),
);

/** What tare counts in a capture file of packets. */
export function tareCounts(path: string): TrafficCounts {
  const session = new Session();
  const taps = new HeardTaps();
  readPackets(path, (event) => {
    session.take(event);
    taps.sink(event);
  });
  const counts = {
    requests: rowsOf(session, 'request').length,
    responses: rowsOf(session, 'response').length,
    frames: framesOf(session, taps).sort(),
    payload: payloadOf(session, taps),
  };
  session.close();
  return counts;
}

function readPackets(path: string, sink: (event: TapEvent) => void): void {
  const file = readFileSync(path);
  const decoder = new CaptureDecoder();
  const source = new PacketSource(sink);
  const bytes = path.endsWith('.gz') ? gunzipSync(file) : file;
  for (const record of [...decoder.push(bytes), ...decoder.end()]) source.take(record);
  source.end();
}

function rowsOf({ messages }: Session, kind: RowKind) {
  const rows = Array.from({ length: messages.length }, (_, number) => messages.row(number));
  return rows.filter((row) => row.kind === kind);
}

function framesOf(session: Session, taps: HeardTaps): string[] {
  const sockets = [...session.exchanges].filter(({ protocol }) => protocol === 'websocket');
  return sockets.flatMap(({ number, connection }) =>
    SIDES.flatMap((from) => {
      const head = rowsOf(session, from === 'client' ? 'request' : 'response');
      const handshake = head.filter(({ exchange }) => exchange === number).at(-1);
      return sideFrames(taps, connection, from, handshake ? handshake.start + handshake.head : 0);
    }),
  );
}

/** The frames that one side of a connection sent behind its first `start` bytes. */
function sideFrames({ events }: HeardTaps, connection: number, from: Side, start: number): string[] {
  const decoder = new FrameDecoder(from, { deflate: undefined, unknown: ['any'] }, start);
  let offset = 0;
  const told = events.flatMap((event) => {
    if (event.connection !== connection || !('from' in event) || event.from !== from) return [];
    if (event.type === 'lost') return decoder.lose(event.length);
    if (event.type !== 'bytes') return [];
    offset += event.bytes.length;
    return decoder.push(event.bytes.subarray(Math.max(0, event.bytes.length - (offset - start))));
  });
  return told.flatMap((event) => {
    if (event.type !== 'frame' || event.headerLength === 0) return [];
    const { opcode, payloadLength } = event.header;
    return [`${from} ${OPCODE_NAMES.get(opcode) ?? opcode} ${payloadLength}`];
  });
}

function payloadOf(session: Session, taps: HeardTaps): Record<string, number> {
  const payload: Record<string, number> = {};
  for (const connection of session.connections.values()) {
    const { client, server } = ports(connection);
    for (const from of SIDES) {
      const way = from === 'client' ? `${client} > ${server}` : `${server} > ${client}`;
      const bytes = sentBytes(connection, taps, from);
      if (bytes > 0) payload[way] = (payload[way] ?? 0) + bytes;
    }
  }
  return payload;
}

function ports({ clientAddress, server, facts }: Connection): Record<Side, number | undefined> {
  return { client: clientAddress.port, server: facts?.serverAddress?.port ?? server?.port };
}

function sentBytes({ number, closing }: Connection, { events }: HeardTaps, from: Side): number {
  if (!closing) return 0;
  const lost = events.map((event) =>
    event.connection === number && event.type === 'lost' && event.from === from ? event.length : 0,
  );
  const missing = lost.reduce((sum, length) => sum + length, 0);
  return closing.tapped[from] - missing + (closing.network?.retransmitted[from] ?? 0);
}
