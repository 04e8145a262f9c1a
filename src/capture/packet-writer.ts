import type { Bytes, CloseReason, Side, TapEvent } from '../tap.ts';
import { BlockMemory } from './block-memory.ts';
import { NameLog } from './name-log.ts';
import { PacketLog } from './packet-log.ts';
import { interfaceDescription, sectionHeader } from './pcapng-blocks.ts';
import { type EarlierConnection, RecordedConnection } from './recorded-connection.ts';
import { EndsInUse } from './synthetic-ends.ts';
import { MAX_SEGMENT, SyntheticTcp } from './synthetic-tcp.ts';
import { closedComment, failedComment, lostComment, openedComment } from './tare-comment.ts';
import { ACK, FIN, RST, SYN } from './tcp-segment.ts';
import { type Repetition, UnderWay } from './under-way.ts';

/**
 * Tap events as a pcapng file: what was said as the TCP/IP packets that would have carried it, what packets cannot say as
 * comments on them.
 *
 * A file introduces each connection when it first has something to tell of it: with the names of its addresses, a SYN whose
 * comment holds the facts, and the rest of a handshake. So one that began in an earlier file, or before there was a recording, needs
 * nothing else than one that begins here.
 */
export class PacketWriter {
  readonly #memory: BlockMemory;
  readonly #packets: PacketLog;
  readonly #names: NameLog;
  readonly #ends = new EndsInUse();
  readonly #connections = new Map<number, RecordedConnection>();
  readonly #isRotated: boolean;
  #file = 0;
  /** Where in all that was written the present file begins. */
  #fileStart = 0;

  /**
   * `memory` is where blocks are to wait, for who takes them from there. The first file is begun; `isRotated` says that there will be
   * others.
   */
  constructor(epoch: bigint, memory = new BlockMemory(), isRotated = false) {
    this.#memory = memory;
    this.#isRotated = isRotated;
    this.#packets = new PacketLog(epoch, memory);
    this.#names = new NameLog(memory);
    this.beginFile();
  }

  /** Packets written so far. */
  get packets(): number {
    return this.#packets.packets;
  }

  /** Bytes of the present file. */
  get fileLength(): number {
    return this.#memory.written - this.#fileStart;
  }

  /** True while the present file tells of nothing yet. */
  get isFileEmpty(): boolean {
    return this.fileLength === FILE_BEGINNING.length;
  }

  /** Bytes that an event takes in the present file, mostly less. */
  needed(event: TapEvent): number {
    const connection = this.#connections.get(event.connection);
    const isNew = connection && connection.file !== this.#file;
    const again = isNew ? connection.underWay?.repetition() : undefined;
    const said = event.type === 'bytes' ? event.bytes.length : 0;
    return said + writtenOf(again, 'client') + writtenOf(again, 'server') + AROUND;
  }

  /** What was written since the last call, this event with it: whole blocks. */
  take(event: TapEvent): Buffer[] {
    this.write(event);
    return this.#memory.take().map(({ bytes }) => bytes);
  }

  /** From here on all is written for another file, which can be read without those before it. */
  beginFile(): void {
    this.#file++;
    this.#fileStart = this.#memory.written;
    this.#memory.add(FILE_BEGINNING);
    this.#names.forget();
  }

  /** Makes a connection known that is already open. What is told of one that is unknown goes unrecorded. */
  join(earlier: EarlierConnection): void {
    this.#connections.set(
      earlier.connection,
      new RecordedConnection(earlier, this.#ends.claim(earlier.facts), undefined),
    );
  }

  write(event: TapEvent): void {
    const { connection: number, at } = event;
    if (event.type === 'failed') return this.#writeFailed(event);
    if (event.type === 'opened') this.#register(number, event);
    const connection = this.#connections.get(number);
    if (!connection) return;
    if (event.type === 'lost') return connection.lose(event.from, event.length);
    if (connection.file !== this.#file) this.#introduce(connection, at);
    if (event.type === 'bytes') this.#writeBytes(connection, event.from, event.bytes, at);
    else if (event.type === 'ended') this.#writeEnd(connection, event.from, at);
    else if (event.type === 'closed') this.#writeClosed(connection, event);
  }

  /** Takes note of what happened without a word in the file: bytes become lost ones. */
  pass(event: TapEvent): void {
    if (event.type === 'opened') this.#register(event.connection, event);
    const connection = this.#connections.get(event.connection);
    if (!connection) return;
    if (event.type === 'bytes') connection.lose(event.from, event.bytes.length);
    else if (event.type === 'lost') connection.lose(event.from, event.length);
    else if (event.type === 'closed') this.#forget(connection);
  }

  #register(connection: number, { at, facts }: Extract<TapEvent, { readonly type: 'opened' }>): void {
    const opened = { connection, openedAt: at, facts, tapped: { client: 0, server: 0 }, ended: [] };
    const underWay = this.#isRotated ? new UnderWay() : undefined;
    this.#connections.set(connection, new RecordedConnection(opened, this.#ends.claim(facts), underWay));
  }

  #forget(connection: RecordedConnection): void {
    this.#connections.delete(connection.number);
    this.#ends.release(connection.ends);
  }

  /** A handshake, what has to be said again, and the ends of sides that ended before. */
  #introduce(connection: RecordedConnection, at: number): void {
    const { number, openedAt, facts, tapped, tcp, ends, hasEnded } = connection;
    const repeated = connection.takeRepetition();
    const before = {
      client: tapped.client - lengthOf(repeated, 'client'),
      server: tapped.server - lengthOf(repeated, 'server'),
    };
    const isEarlier = at > openedAt || tapped.client > 0 || tapped.server > 0;
    const earlier = isEarlier ? { age: at - openedAt, tapped: before } : undefined;
    connection.file = this.#file;
    connection.takeLost(); // what is earlier tells of it
    this.#names.tell(ends.server, facts.server.host, facts.tls?.serverName);
    for (const side of SIDES) tcp.skip(side, before[side] - tapped[side] - (hasEnded[side] ? 2 : 1));
    this.#send(connection, 'client', SYN, at, [openedComment(number, facts, earlier)]);
    this.#send(connection, 'server', SYN | ACK, at);
    this.#send(connection, 'client', ACK, at);
    if (repeated) this.#repeat(connection, repeated, at);
    if (hasEnded.client) this.#send(connection, 'client', FIN | ACK, at);
    if (hasEnded.server) this.#send(connection, 'server', FIN | ACK, at);
  }

  #repeat(connection: RecordedConnection, { heads, begun }: Repetition, at: number): void {
    for (const side of SIDES) this.#writeData(connection, side, heads[side], at);
    for (const side of SIDES) {
      this.#writeData(connection, side, begun[side].bytes, at);
      if (begun[side].lost > 0) connection.leaveOut(side, begun[side].lost);
    }
  }

  #writeBytes(connection: RecordedConnection, from: Side, bytes: Bytes, at: number): void {
    this.#writeData(connection, from, bytes, at);
    connection.tapped[from] += bytes.length;
    connection.underWay?.follow(from, bytes);
  }

  #writeData(connection: RecordedConnection, from: Side, bytes: Bytes, at: number): void {
    const { tcp } = connection;
    for (let start = 0; start < bytes.length; start += MAX_SEGMENT) {
      const end = Math.min(start + MAX_SEGMENT, bytes.length);
      this.#packets.writeData(at, tcp, from, bytes, start, end, lossOf(connection));
      if (!connection.sent(from, end - start)) continue;
      const other = from === 'client' ? 'server' : 'client';
      connection.heard(from);
      this.#packets.write(at, tcp, other, ACK);
    }
  }

  #writeEnd(connection: RecordedConnection, from: Side, at: number): void {
    if (connection.hasEnded[from]) return;
    connection.hasEnded[from] = true;
    this.#send(connection, from, FIN | ACK, at, lossOf(connection));
  }

  #writeClosed(connection: RecordedConnection, event: Extract<TapEvent, { readonly type: 'closed' }>): void {
    const { from, flags } = lastPacket(connection, event.reason);
    const comments = [...(lossOf(connection) ?? []), closedComment(event.reason, event.closing)];
    this.#send(connection, from, flags, event.at, comments);
    this.#forget(connection);
  }

  #writeFailed(event: Extract<TapEvent, { readonly type: 'failed' }>): void {
    const { connection, at, server } = event;
    const ends = this.#ends.claim(event);
    this.#ends.release(ends);
    const tcp = new SyntheticTcp(ends, connection);
    if (server) this.#names.tell(ends.server, server.host);
    this.#packets.write(at, tcp, 'client', SYN, [failedComment(connection, event)]);
    this.#packets.write(at, tcp, 'server', RST | ACK);
  }

  #send(connection: RecordedConnection, from: Side, flags: number, at: number, comments?: Comments): void {
    this.#packets.write(at, connection.tcp, from, flags, comments);
    connection.sent(from, flags & (SYN | FIN) ? 1 : 0);
  }
}

const SIDES = ['client', 'server'] as const;

/** Bytes of a direction that are said again, those too which are left out of that. */
function lengthOf(repeated: Repetition | undefined, side: Side): number {
  if (!repeated) return 0;
  return writtenOf(repeated, side) + repeated.begun[side].lost;
}

/** Those that are said again. */
function writtenOf(repeated: Repetition | undefined, side: Side): number {
  return repeated ? repeated.heads[side].length + repeated.begun[side].bytes.length : 0;
}

/** Bytes that an event takes besides those it is about, mostly less. */
const AROUND = 1_024;

/** LINKTYPE_RAW: packets begin with their IP header. */
const RAW = 101;

const FILE_BEGINNING = Buffer.concat([
  sectionHeader({ application: 'tare' }),
  interfaceDescription({ link: RAW, name: 'tare' }),
]);

type Comments = readonly string[];

function lossOf(connection: RecordedConnection): Comments | undefined {
  const lost = connection.takeLost();
  return lost && [lostComment(lost)];
}

/**
 * Nobody sends a last packet for tare to see. After an orderly end it is what acknowledges the last FIN, else a reset by who cut
 * the connection off; of one that goes on behind the end of its capture it resets nothing.
 */
function lastPacket({ unheard, hasEnded }: RecordedConnection, reason: CloseReason): LastPacket {
  if ((hasEnded.client && hasEnded.server) || reason === 'ended' || reason === 'capture-ended') {
    const isServerBehind = unheard.client.packets > 0 && unheard.server.packets === 0;
    return { from: isServerBehind ? 'server' : 'client', flags: ACK };
  }
  return { from: reason.startsWith('server') ? 'server' : 'client', flags: RST | ACK };
}

interface LastPacket {
  readonly from: Side;
  readonly flags: number;
}
