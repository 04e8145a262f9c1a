import type { CloseReason, ClosingFacts, FailureCode } from '../tap.ts';
import {
  capturedClosing,
  capturedFacts,
  capturedFailure,
  type Ends,
  networkFacts,
} from './captured-facts.ts';
import { isFromClient } from './client-guess.ts';
import type { EndIndex } from './flow-table.ts';
import type { IpPacket } from './ip-packet.ts';
import type {
  ClosedComment,
  FailedComment,
  LostComment,
  OpenedComment,
  TareComment,
} from './tare-comment.ts';
import { type CaptureScene, TcpEnd } from './tcp-end.ts';
import { ACK, FIN, PSH, RST, SYN, type TcpSegment } from './tcp-segment.ts';

/** A packet of a connection. */
export interface Arrival {
  readonly packet: IpPacket;
  readonly segment: TcpSegment;
  readonly from: EndIndex;
  /** Where it was seen: an interface, or a part of one. */
  readonly place: number;
  readonly comments: readonly TareComment[];
}

/** Nanoseconds in which late packets of a connection that is over may still come: as long as Linux waits for them. */
const AFTERLIFE = 60e9;

const MILLISECOND = 1e6;
const NO_BYTES = new Uint8Array();

/**
 * One TCP connection, told to the tap. It is told of once it has come to be, and who of the two is the client is known: the one that
 * sent the SYN; where the capture lacks that, `isFromClient` guesses by the first bytes. It closes when both ends have ended and know
 * that of each other, or with a reset; what comes later is not counted. One that tare recorded opens and closes as was recorded.
 *
 * A packet may be seen in several places (interfaces, VLANs). What tells something new counts wherever it is seen. What does not was
 * sent again, if it is seen where that end's last news was seen; elsewhere it is the same packet once more, and does not count.
 */
export class TcpConnection {
  /** Connections are counted as their first packets come, from 1: when that is, they have no number yet. */
  readonly serial: number;
  readonly #scene: CaptureScene;
  readonly #ends: readonly [TcpEnd, TcpEnd];
  /** Known once it is known who is the client. */
  #roles: Ends | undefined;
  #state: 'unopened' | 'open' | 'closed' = 'unopened';
  #number = 0;
  #recorded: OpenedComment | undefined;
  #closedAt = 0;
  /** When the first SYN came, and the last before its answer. */
  #syn: { readonly first: number; readonly last: number } | undefined;
  #answeredAt: number | undefined;

  constructor(
    scene: CaptureScene,
    { bytes, version, addresses }: IpPacket,
    segment: TcpSegment,
    serial: number,
  ) {
    const middle = addresses + (version === 4 ? 4 : 16);
    const end = middle + (version === 4 ? 4 : 16);
    this.serial = serial;
    this.#scene = scene;
    this.#ends = [
      new TcpEnd(scene, bytes.subarray(addresses, middle), segment.sourcePort),
      new TcpEnd(scene, bytes.subarray(middle, end), segment.destinationPort),
    ];
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Whether a packet between the same ends belongs to another connection, which comes after this one. */
  isFollowedBy(segment: TcpSegment, from: EndIndex, comments: readonly TareComment[]): boolean {
    const { stream } = this.#ends[from];
    const { seq, flags, length } = segment;
    if (flags & SYN) {
      const introduction = comments.find(isIntroduction);
      if (introduction) return !this.#isIntroducedBy(introduction);
      return stream.isStarted && !stream.beganAt((seq + 1) | 0);
    }
    if (flags & RST || length === 0) return false;
    if (this.#recorded && comments.some(isLoss)) return false; // however far it is from what was before
    return stream.isFarFrom(seq) || (this.isClosed && this.#scene.now - this.#closedAt > AFTERLIFE);
  }

  /** Takes a packet. False where it does not count: it was seen in another place before, or the connection is over. */
  take({ packet, segment, from, place, comments }: Arrival): boolean {
    const [sender, receiver] = from === 0 ? this.#ends : [this.#ends[1], this.#ends[0]];
    // What a recording introduces again is seen in another section of the file, and there from here on.
    if (comments.length > 0 && comments.some(isIntroduction)) sender.place = receiver.place = place;
    if (this.isClosed || isSeenElsewhere(segment, sender, receiver, place)) return false;
    sender.count(packet.packets, packet.headers + segment.header);
    for (const comment of comments) this.#heed(comment, segment, sender);
    if (!this.isClosed) this.#takeSegment(segment, sender, receiver);
    for (const comment of comments) if (comment.type === 'closed') this.#closeAsRecorded(comment);
    return true;
  }

  /** The capture has nothing more of it. */
  end(): void {
    if (this.isClosed) return;
    if (this.#state === 'unopened') {
      if (this.#roles) return this.#fail(this.#roles, 'UPSTREAM_TIMEOUT', 'did not answer in this capture');
      this.#openFor(this.#likelyClient());
    }
    this.#close('capture-ended');
  }

  /** Whether it is this very connection that a recording introduces again, in a file that goes on with it. */
  #isIntroducedBy(introduction: OpenedComment | FailedComment): boolean {
    if (introduction.type === 'failed' || !introduction.earlier || this.#state !== 'open') return false;
    const { connection, facts } = introduction;
    return this.#recorded?.connection === connection && this.#recorded.facts.client === facts.client;
  }

  #heed(comment: TareComment, { flags }: TcpSegment, sender: TcpEnd): void {
    const isFirst = this.#state === 'unopened';
    if (comment.type === 'lost') return this.#skip(comment);
    if ((flags & SYN) === 0) return;
    if (comment.type === 'failed' && isFirst) this.#failAsRecorded(comment);
    if (comment.type === 'opened' && (isFirst || this.#isIntroducedBy(comment)))
      this.#introduce(comment, sender);
  }

  #takeSegment(segment: TcpSegment, sender: TcpEnd, receiver: TcpEnd): void {
    const { seq, ack, flags, bytes, length } = segment;
    if (flags & SYN) this.#synchronise(segment, sender, receiver);
    if (flags & RST) return this.#reset(segment, sender, receiver);
    if (this.#state === 'unopened') this.#tryOpen(segment, sender);
    if (flags & ACK) acknowledge(ack, sender, receiver, this.#scene.now);
    const start = flags & SYN ? (seq + 1) | 0 : seq;
    // What was told at once and is longer than a packet is recorded as packets of which the last has this bit.
    if (this.#recorded && length > 0) sender.isMoreToCome = (flags & PSH) === 0;
    sender.retransmitted += sender.stream.take(start, bytes, length, (flags & FIN) !== 0);
    const isOver = sender.stream.isOver && receiver.stream.isOver;
    if (isOver && this.#state === 'open' && !this.#recorded) this.#close('ended');
  }

  #synchronise({ seq, ack, flags }: TcpSegment, sender: TcpEnd, receiver: TcpEnd): void {
    const { now } = this.#scene;
    sender.hasSyn = true;
    sender.stream.startAt((seq + 1) | 0);
    if (flags & ACK) {
      this.#roles ??= { client: receiver, server: sender };
      receiver.stream.startAt(ack);
      this.#answeredAt ??= now;
    } else {
      this.#roles ??= { client: sender, server: receiver };
      if (this.#answeredAt === undefined) this.#syn = { first: this.#syn?.first ?? now, last: now };
    }
  }

  /**
   * A connection opens with the first packet that is not just a SYN; one with data in it (RFC 7413) is more than that. Of one whose
   * SYN is not there bytes, or an end, are waited for.
   */
  #tryOpen({ flags, bytes, length }: TcpSegment, sender: TcpEnd): void {
    const isLoneSyn = (flags & (SYN | ACK | FIN)) === SYN && length === 0;
    if (this.#roles) {
      if (!isLoneSyn) this.#open(this.#roles);
    } else if (length > 0) {
      const receiver = this.#otherThan(sender);
      const isSenders = isFromClient(bytes, sender.address.port, receiver.address.port);
      this.#openFor(isSenders ? sender : receiver);
    } else if (flags & FIN) {
      this.#openFor(this.#likelyClient());
    }
  }

  #likelyClient(): TcpEnd {
    const [first, other] = this.#ends;
    return isFromClient(NO_BYTES, first.address.port, other.address.port) ? first : other;
  }

  #otherThan(end: TcpEnd): TcpEnd {
    const [first, other] = this.#ends;
    return end === first ? other : first;
  }

  #reset({ seq, ack, flags }: TcpSegment, sender: TcpEnd, receiver: TcpEnd): void {
    if (this.#recorded || !sender.stream.isNear(seq)) return;
    if (this.#state === 'unopened' && this.#roles) {
      return sender === this.#roles.server
        ? this.#fail(this.#roles, 'UPSTREAM_REFUSED', 'refused the connection')
        : this.#fail(this.#roles, 'CLIENT_GONE', 'had not answered when the client gave up');
    }
    if (this.#state === 'unopened') this.#openFor(this.#likelyClient());
    if (flags & ACK) acknowledge(ack, sender, receiver, this.#scene.now);
    this.#close(sender === this.#roles?.client ? 'client-reset' : 'server-reset');
  }

  #openFor(client: TcpEnd): void {
    this.#open({ client, server: this.#otherThan(client) });
  }

  #open(ends: Ends): void {
    const number = this.#numbered(this.#scene.numbers.next());
    const { names } = this.#scene;
    this.#beOpen(number, ends);
    const connect = this.#millisecondsSince(this.#syn?.first);
    const facts = capturedFacts(number, ends, names, connect);
    this.#scene.sink({ type: 'opened', connection: number, at: this.#scene.now, facts });
  }

  #beOpen(number: number, ends: Ends): void {
    this.#state = 'open';
    this.#number = number;
    this.#roles = ends;
    ends.client.open(number, 'client');
    ends.server.open(number, 'server');
  }

  /** From a SYN to its answer, where the capture has both. */
  #millisecondsSince(syn: number | undefined): number | undefined {
    if (syn === undefined || this.#answeredAt === undefined) return undefined;
    return (this.#answeredAt - syn) / MILLISECOND;
  }

  /** Opens as recorded; or goes on, where the file before this one was read too. */
  #introduce(comment: OpenedComment, client: TcpEnd): void {
    const ends = { client, server: this.#otherThan(client) };
    const { connection, facts, earlier } = comment;
    if (!this.#recorded) {
      this.#beOpen(this.#numbered(this.#scene.numbers.claim(connection)), ends);
      this.#scene.sink({ type: 'opened', connection: this.#number, at: this.#scene.now, facts });
    }
    this.#recorded = comment;
    for (const side of SIDES) {
      const { stream } = ends[side];
      stream.restart();
      ends[side].flush();
      const news = (earlier?.tapped[side] ?? 0) - ends[side].tapped;
      stream.skip(news);
      ends[side].passOver(-news); // said again, for who reads this file alone
    }
  }

  #skip({ lost }: LostComment): void {
    if (!this.#recorded || !this.#roles) return;
    for (const side of SIDES) this.#roles[side].stream.skip(lost[side]);
  }

  #close(reason: CloseReason): void {
    const roles = this.#roles;
    if (!roles) return;
    for (const side of SIDES) {
      roles[side].stream.finish();
      roles[side].flush();
    }
    const isInOrder = roles.client.stream.hasEnded && roles.server.stream.hasEnded && !this.#recorded;
    const closing: ClosingFacts = this.#recorded
      ? { ...capturedClosing(roles), unknown: true }
      : capturedClosing(roles, networkFacts(roles, this.#millisecondsSince(this.#syn?.last)));
    this.#tellClosed(isInOrder ? 'ended' : reason, closing);
  }

  /** What the recording counts beyond what it holds travelled too. */
  #closeAsRecorded({ reason, closing }: ClosedComment): void {
    const roles = this.#roles;
    if (!this.#recorded || !roles || this.isClosed) return;
    for (const side of SIDES) {
      const { stream } = roles[side];
      stream.finish();
      roles[side].flush();
      if (!stream.hasEnded) stream.skip(closing.tapped[side] - roles[side].tapped);
    }
    const { tapped } = capturedClosing(roles);
    this.#tellClosed(reason, { ...closing, tapped });
  }

  #tellClosed(reason: CloseReason, closing: ClosingFacts): void {
    this.#beClosed();
    this.#scene.sink({ type: 'closed', connection: this.#number, at: this.#scene.now, reason, closing });
  }

  #fail(ends: Ends, code: FailureCode, what: string): void {
    this.#beClosed();
    const { numbers, names, now } = this.#scene;
    const number = this.#numbered(numbers.next());
    this.#scene.sink({ ...capturedFailure(number, ends, names, code, what), at: now });
  }

  #failAsRecorded({ connection, attempt }: FailedComment): void {
    this.#beClosed();
    const { sink, numbers, now } = this.#scene;
    sink({ type: 'failed', connection: this.#numbered(numbers.claim(connection)), at: now, ...attempt });
  }

  #numbered(number: number): number {
    this.#scene.trace?.numbered?.(this.serial, number);
    return number;
  }

  #beClosed(): void {
    this.#state = 'closed';
    this.#closedAt = this.#scene.now;
  }
}

const SIDES = ['client', 'server'] as const;

function isIntroduction(comment: TareComment): comment is OpenedComment | FailedComment {
  return comment.type === 'opened' || comment.type === 'failed';
}

function isLoss({ type }: TareComment): boolean {
  return type === 'lost';
}

function isSeenElsewhere(segment: TcpSegment, sender: TcpEnd, receiver: TcpEnd, place: number): boolean {
  if (sender.place === place) return false;
  if (sender.place !== undefined && !isNews(segment, sender, receiver)) return true;
  sender.place = place;
  return false;
}

/** Whether a segment says what its sender had not said before. */
function isNews({ seq, ack, flags, length }: TcpSegment, sender: TcpEnd, receiver: TcpEnd): boolean {
  if (flags & SYN) return !sender.hasSyn;
  if (flags & RST) return true;
  if (flags & ACK && receiver.stream.isNewAcknowledgement(ack)) return true;
  return sender.stream.isNews(seq, length, (flags & FIN) !== 0);
}

/** The first that the one who sent a SYN acknowledges is the other's SYN. */
function acknowledge(ack: number, sender: TcpEnd, receiver: TcpEnd, now: number): void {
  if (sender.hasSyn && !receiver.stream.isStarted) receiver.stream.startAt(ack);
  else receiver.stream.acknowledge(ack, now);
}
