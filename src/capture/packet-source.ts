import type { TapSink } from '../tap.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { type Flow, FlowTable } from './flow-table.ts';
import { IpFragments } from './ip-fragments.ts';
import { type IpPacket, readIpPacket } from './ip-packet.ts';
import { LINK_READERS } from './link-layer.ts';
import type { PacketTrace } from './packet-trace.ts';
import type { CaptureRecord, NamesRecord, PacketRecord } from './record.ts';
import { readComment, type TareComment } from './tare-comment.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { CaptureScene } from './tcp-end.ts';
import { readTcpSegment, TCP, type TcpSegment } from './tcp-segment.ts';

/** What became of a capture's packets. All but those of TCP connections are counted and no more. */
export interface PacketCounts {
  packets: number;
  /** On a link layer that is not known here. */
  unknownLink: number;
  /** Of other protocols. */
  notTcp: number;
  /** With a header that is broken, or not captured. */
  broken: number;
  /** Fragments of IP packets, but for those that completed one. */
  fragments: number;
  /** Of TCP, with payload that was not captured: the capture's snapshot length is shorter than they are. */
  cut: number;
  /** Seen before in another place, or of a connection that is over. */
  repeated: number;
}

export interface PacketSourceOptions {
  /** Told which packets are whose. */
  readonly trace?: PacketTrace | undefined;
  /** Connections that are open at a time; past that the one that was silent longest is told of as closed. 100,000. */
  readonly connections?: number;
}

const MOST_OPEN = 100_000;
/** Of those that are over, remembered for their late packets. */
const MOST_OVER = 10_000;
const MOST_NAMES = 100_000;

const NO_COMMENTS: readonly TareComment[] = [];

/**
 * The records of a capture file as tap events: finds the TCP connections in packets and puts together what they carried. What tare
 * recorded itself comes back as it was told.
 *
 * Memory is bounded: 64 MiB of segments that wait for those before them, 100,000 open connections of 1.5 KB. In order, 2.5 million
 * packets of 125 bytes take a second, those of 1,000 connections in turns.
 */
export class PacketSource {
  readonly counts: PacketCounts = {
    packets: 0,
    unknownLink: 0,
    notTcp: 0,
    broken: 0,
    fragments: 0,
    cut: 0,
    repeated: 0,
  };
  readonly #names = new Map<string, string>();
  readonly #scene: CaptureScene;
  readonly #flows = new FlowTable();
  readonly #fragments = new IpFragments();
  readonly #mostOpen: number;
  #connections = 0;
  #epoch: bigint | undefined;

  constructor(sink: TapSink, { trace, connections = MOST_OPEN }: PacketSourceOptions = {}) {
    const names = this.#names;
    this.#scene = { sink, memory: { held: 0 }, numbers: new ConnectionNumbers(), names, trace, now: 0 };
    this.#mostOpen = connections;
  }

  /** Nanoseconds since the Unix epoch of the first packet, which tap events count from; 0 before there was one. */
  get epoch(): bigint {
    return this.#epoch ?? 0n;
  }

  take(record: CaptureRecord): void {
    if (record.type === 'packet') this.#takePacket(record);
    else if (record.type === 'names') this.#takeNames(record);
  }

  /** The capture is over, and with it all connections that are open. */
  end(): void {
    for (let flow = this.#flows.open.oldest; flow; flow = this.#flows.open.oldest) this.#end(flow);
  }

  #takeNames({ entries }: NamesRecord): void {
    for (const { address, names } of entries) {
      const [name] = names;
      if (name !== undefined && this.#names.size < MOST_NAMES) this.#names.set(address, name);
    }
  }

  #takePacket(record: PacketRecord): void {
    this.counts.packets++;
    this.#tick(record.at);
    const readLink = LINK_READERS.get(record.link);
    if (!readLink) {
      this.counts.unknownLink++;
      return;
    }
    const contents = readLink(record.bytes);
    if (!contents) {
      this.counts.notTcp++;
      return;
    }
    const packet = readIpPacket(record.bytes, contents.start, record.length);
    if (packet) this.#takeIp(packet, record, contents.place);
    else this.counts.broken++;
  }

  #takeIp(part: IpPacket, record: PacketRecord, place: number): void {
    const packet = part.fragment ? this.#fragments.take(part, this.#scene.trace && record) : part;
    if (!packet) {
      this.counts.fragments++;
    } else if (packet.protocol !== TCP) {
      this.counts.notTcp++;
    } else {
      const segment = readTcpSegment(packet);
      if (segment) this.#takeSegment(packet, segment, record, placeOf(record, place));
      else this.counts.broken++;
    }
  }

  #takeSegment(packet: IpPacket, segment: TcpSegment, record: PacketRecord, place: number): void {
    if (segment.bytes.length < segment.length) this.counts.cut++;
    const comments = commentsOf(record);
    let flow = this.#flows.find(packet, segment);
    if (flow?.connection.isFollowedBy(segment, flow.from, comments)) {
      this.#forget(flow);
      flow = undefined;
    }
    flow ??= this.#add(packet, segment);
    const { connection, from } = flow;
    this.#scene.trace?.packet(connection.serial, record, packet.fragments);
    if (!connection.take({ packet, segment, from, place, comments })) this.counts.repeated++;
    if (connection.isClosed) this.#retire(flow);
    else this.#flows.open.touch(flow);
  }

  #add(packet: IpPacket, segment: TcpSegment): Flow {
    const { open } = this.#flows;
    const connection = new TcpConnection(this.#scene, packet, segment, ++this.#connections);
    const flow = this.#flows.add(packet, segment, connection);
    if (open.size > this.#mostOpen) this.#forget(open.oldest!);
    return flow;
  }

  /** Whatever still comes between these ends belongs to another connection. */
  #forget(flow: Flow): void {
    flow.connection.end();
    this.#flows.remove(flow);
  }

  #end(flow: Flow): void {
    flow.connection.end();
    this.#retire(flow);
  }

  #retire(flow: Flow): void {
    const { over } = this.#flows;
    if (flow.list === over) return;
    over.touch(flow);
    if (over.size > MOST_OVER) this.#flows.remove(over.oldest!);
  }

  /** Clocks are set back, and interfaces are not written in one order: time stands still then. */
  #tick(at: bigint): void {
    this.#epoch ??= at;
    const now = Number(at - this.#epoch);
    if (now > this.#scene.now && now <= Number.MAX_SAFE_INTEGER) this.#scene.now = now;
  }
}

/** A number for where a packet was seen: places of one interface have different ones, and rarely do others meet. */
function placeOf(record: PacketRecord, place: number): number {
  return (Math.imul(record.interface, 0x9e37_79b1) + place) | 0;
}

function commentsOf({ comments }: PacketRecord): readonly TareComment[] {
  if (comments.length === 0) return NO_COMMENTS;
  return comments.map(readComment).filter((comment) => comment !== undefined);
}
