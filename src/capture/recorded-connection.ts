import type { ConnectionFacts, DirectionBytes, Side } from '../tap.ts';
import type { SyntheticEnds } from './synthetic-ends.ts';
import { SyntheticTcp } from './synthetic-tcp.ts';
import type { Repetition, UnderWay } from './under-way.ts';

/** A connection that began before it was recorded. */
export interface EarlierConnection {
  readonly connection: number;
  /** Nanoseconds since the epoch of the source. */
  readonly openedAt: number;
  readonly facts: ConnectionFacts;
  /** Bytes tapped so far. */
  readonly tapped: DirectionBytes;
  /** The sides that have ended. */
  readonly ended: readonly Side[];
  /** Of the last bytes so far, what is to be said again so that those behind them can be read; undefined where that is nothing. */
  readonly repetition?: Repetition | undefined;
}

/** Readers that look for lost packets keep those that are not acknowledged: few, that each next one is not compared with many. */
const MOST_UNHEARD_PACKETS = 32;
const MOST_UNHEARD_BYTES = 1_048_576;

/** What is remembered of a connection while it is open. */
export class RecordedConnection {
  readonly number: number;
  readonly openedAt: number;
  readonly facts: ConnectionFacts;
  readonly ends: SyntheticEnds;
  readonly tcp: SyntheticTcp;
  /** Bytes that passed, recorded or not. */
  readonly tapped: Record<Side, number>;
  readonly hasEnded: Record<Side, boolean>;
  /** Bytes that the file lacks, and does not tell of yet. */
  readonly lost = { client: 0, server: 0 };
  /** What each side sent that the other has not acknowledged. */
  readonly unheard = { client: { packets: 0, bytes: 0 }, server: { packets: 0, bytes: 0 } };
  /** The number of the file that introduces it. */
  file = 0;
  /** What a next file has to say again; undefined where there is none, or its beginning is not known. */
  readonly underWay: UnderWay | undefined;
  /** What the first file has to say again. */
  #repetition: Repetition | undefined;

  constructor(
    { connection, openedAt, facts, tapped, ended, repetition }: EarlierConnection,
    ends: SyntheticEnds,
    underWay: UnderWay | undefined,
  ) {
    this.number = connection;
    this.openedAt = openedAt;
    this.facts = facts;
    this.ends = ends;
    this.underWay = underWay;
    this.#repetition = repetition;
    this.tcp = new SyntheticTcp(ends, connection);
    this.tapped = { ...tapped };
    this.hasEnded = { client: ended.includes('client'), server: ended.includes('server') };
    this.tcp.skip('client', this.hasEnded.client ? 2 : 1); // past the SYN and the FIN
    this.tcp.skip('server', this.hasEnded.server ? 2 : 1);
  }

  /** What a file that introduces it has to say again. */
  takeRepetition(): Repetition | undefined {
    const repetition = this.underWay ? this.underWay.repetition() : this.#repetition;
    this.#repetition = undefined;
    return repetition;
  }

  /** These bytes passed and are not recorded. */
  lose(from: Side, length: number): void {
    this.#repetition = undefined; // it would no longer be what came last
    this.tapped[from] += length;
    this.underWay?.lose(from, length);
    this.leaveOut(from, length);
  }

  /** The file has no packet for the next `length` bytes. */
  leaveOut(from: Side, length: number): void {
    this.lost[from] += length;
    this.tcp.skip(from, length);
  }

  /**
   * A packet was sent, of as many sequence numbers; it acknowledges all from the other side. True when the other side is to
   * acknowledge before more is sent.
   */
  sent(from: Side, length: number): boolean {
    this.heard(from === 'client' ? 'server' : 'client');
    const unheard = this.unheard[from];
    if (length > 0) unheard.packets++;
    unheard.bytes += length;
    return unheard.packets >= MOST_UNHEARD_PACKETS || unheard.bytes >= MOST_UNHEARD_BYTES;
  }

  /** All that was sent by this side has been acknowledged. */
  heard(from: Side): void {
    const unheard = this.unheard[from];
    unheard.packets = 0;
    unheard.bytes = 0;
  }

  /** What a comment on the next packet has to tell of lost bytes, where it has to; after this it has been told. */
  takeLost(): DirectionBytes | undefined {
    const { client, server } = this.lost;
    if (client === 0 && server === 0) return undefined;
    this.lost.client = this.lost.server = 0;
    return { client, server };
  }
}
