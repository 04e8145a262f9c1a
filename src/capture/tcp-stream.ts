import type { Bytes } from '../tap.ts';
import { Acknowledged } from './acknowledged.ts';
import { type HeldMemory, MOST_HELD, WaitingSegments } from './waiting-segments.ts';

/** Hears what a direction of a connection carried, in its order. */
export interface StreamListener {
  /** Borrowed. */
  bytes(bytes: Bytes): void;
  /** Bytes that travelled and the capture lacks. */
  lost(length: number): void;
  ended(): void;
}

/** A gap is given up when as much waits behind it: what filled it has long been sent again by then, and not been captured. */
const MOST_WAITING = 1 << 20;
const MOST_SEGMENTS = 256;

/** No window is larger (RFC 7323 section 2.3): what is further off belongs to another connection. */
const FARTHEST = 2 ** 30;
/** A gap that is larger and never was acknowledged comes of damaged numbers. */
const LARGEST_UNSURE = 16 << 20;

/**
 * Puts one direction of a TCP connection in order: tells of each byte once, the first that came for its place, and of what the
 * capture lacks. Positions are bytes from the start of the direction.
 */
export class TcpStream {
  readonly #listener: StreamListener;
  readonly #memory: HeldMemory;
  readonly #waiting: WaitingSegments;
  readonly #acknowledged = new Acknowledged();
  /** Where it starts is guessed while there was neither a SYN nor a byte of it. */
  #start: 'unknown' | 'guessed' | 'sure' = 'unknown';
  /** Sequence number of the first byte. */
  #first = 0;
  /** All before it has been told. */
  #position = 0;
  /** The sequence number there. */
  #next = 0;
  /** Where the FIN is. */
  #end = Number.POSITIVE_INFINITY;
  #hasEnded = false;

  constructor(listener: StreamListener, memory: HeldMemory) {
    this.#listener = listener;
    this.#memory = memory;
    this.#waiting = new WaitingSegments(memory);
  }

  get isStarted(): boolean {
    return this.#start !== 'unknown';
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether it has ended, and the other side knows. */
  get isOver(): boolean {
    return this.#hasEnded && this.#acknowledged.highest > this.#end;
  }

  /** Whether `seq` is the number of its first byte. */
  beganAt(seq: number): boolean {
    return this.isStarted && this.#first === seq;
  }

  /** Whether a segment with this number can be no part of it. */
  isFarFrom(seq: number): boolean {
    const distance = (seq - this.#next) | 0;
    return this.isStarted && (distance > FARTHEST || distance < -FARTHEST);
  }

  /** Whether a segment with this number may come about now; damaged ones and forged ones mostly may not. */
  isNear(seq: number): boolean {
    return !this.isStarted || Math.abs((seq - this.#next) | 0) <= LARGEST_UNSURE;
  }

  /** Its first byte has the number `seq`, as a SYN says; without effect where bytes were told. */
  startAt(seq: number): void {
    if (this.#start === 'sure') return;
    this.#begin(seq, 'sure');
  }

  /** Goes on with other numbers, which the next SYN tells: a recording introduces the connection again. */
  restart(): void {
    this.#releaseWaiting();
    this.#start = 'unknown';
  }

  /** Whether a segment has bytes, or an end, that were not there yet. */
  isNews(seq: number, length: number, isFin: boolean): boolean {
    if (!this.isStarted) return true;
    const start = this.#positionOf(seq);
    const news = Math.max(0, Math.min(length, start + length - this.#position));
    if (isFin && this.#end === Number.POSITIVE_INFINITY) return true;
    return news > 0 && this.#waiting.covered(Math.max(start, this.#position), news) < news;
  }

  isNewAcknowledgement(ack: number): boolean {
    return !this.isStarted || this.#positionOf(ack) > this.#acknowledged.highest;
  }

  /** Takes a segment of which the capture may lack the end; gives how many of its `length` bytes had been sent before. */
  take(seq: number, bytes: Bytes, length: number, isFin: boolean): number {
    if (this.#start !== 'sure') this.#startWith(seq, isFin || length > 0);
    const position = this.#positionOf(seq);
    if (isFin) this.#noteEnd(position + length);
    const fresh = length === 0 ? 0 : this.#takeBytes(position, bytes, length);
    if (this.#position === this.#end) this.#tellEnd();
    return length - fresh;
  }

  /** The other side has everything before the number `ack`, at `now`, in nanoseconds. What of it the capture lacks is lost. */
  acknowledge(ack: number, now: number): void {
    if (this.#start === 'unknown') this.#begin(ack, 'guessed');
    const position = this.#positionOf(ack);
    if (position > this.#position + FARTHEST) return;
    this.#acknowledged.note(position, now);
    if (position > this.#position && this.#start === 'sure') this.#believe(position);
  }

  /** The next `length` bytes are known to be missing; there are none where it is less than 1. */
  skip(length: number): void {
    this.#releaseWaiting();
    this.#lose(length);
  }

  /** Nothing more comes: tells of what waits, and of what was acknowledged and is not there. */
  finish(): void {
    this.#releaseWaiting();
    const { highest } = this.#acknowledged;
    const isFinLost = this.#start === 'sure' && highest === this.#position + 1;
    if (this.#end === Number.POSITIVE_INFINITY && isFinLost) return this.#tellEnd();
    const last = this.#end === Number.POSITIVE_INFINITY ? highest : this.#end;
    if (this.#isBelievable(last)) this.#giveUpTo(last);
    if (this.#position === this.#end) this.#tellEnd();
  }

  #begin(seq: number, start: 'guessed' | 'sure'): void {
    this.#start = start;
    this.#first = seq;
    this.#next = seq;
    this.#acknowledged.restart(this.#position);
  }

  /** The connection's beginning was missed: the first bytes that come are the first there are. */
  #startWith(seq: number, isSure: boolean): void {
    const start = isSure ? 'sure' : 'guessed';
    if (this.#start === 'unknown' || this.#positionOf(seq) > this.#position) this.#begin(seq, start);
    this.#start = start;
  }

  #positionOf(seq: number): number {
    return this.#position + ((seq - this.#next) | 0);
  }

  /** The first FIN counts, unless there are bytes behind it. */
  #noteEnd(end: number): void {
    const isPossible = end >= this.#position && end >= this.#waiting.end;
    if (isPossible && this.#end === Number.POSITIVE_INFINITY) this.#end = end;
  }

  #takeBytes(position: number, bytes: Bytes, length: number): number {
    const isInOrder = position === this.#position && this.#waiting.count === 0;
    if (isInOrder && position + length <= this.#end) {
      this.#tell(bytes, length);
      return length;
    }
    const start = Math.max(position, this.#position);
    const end = Math.min(position + length, this.#end);
    if (start >= end) return 0;
    const part = bytes.subarray(start - position, end - position);
    const fresh = this.#waiting.count === 0 && start === this.#position ? end - start : undefined;
    if (fresh === undefined) return this.#keepWaiting(start, part, end - start);
    this.#tell(part, fresh);
    return fresh;
  }

  #keepWaiting(position: number, bytes: Bytes, length: number): number {
    const fresh = this.#waiting.add(position, bytes, length);
    this.#drain();
    while (this.#holdsTooMuch()) this.#giveUpTo(this.#waiting.first);
    return fresh;
  }

  #holdsTooMuch(): boolean {
    const { count, length } = this.#waiting;
    return count > 0 && (count > MOST_SEGMENTS || length > MOST_WAITING || this.#memory.held > MOST_HELD);
  }

  /** Tells of what has waited and now is next. */
  #drain(): void {
    while (this.#waiting.first === this.#position) {
      const { bytes, length } = this.#waiting.shift()!;
      this.#tell(bytes, length);
    }
  }

  #tell(bytes: Bytes, length: number): void {
    this.#advance(length);
    if (bytes.length > 0) this.#listener.bytes(bytes);
    if (bytes.length < length) this.#listener.lost(length - bytes.length);
  }

  #lose(length: number): void {
    if (length <= 0) return;
    this.#advance(length);
    this.#listener.lost(length);
  }

  #advance(length: number): void {
    this.#position += length;
    this.#next = (this.#next + length) | 0;
  }

  /** The one who acknowledges the very end has seen all before it. */
  #believe(position: number): void {
    if (position === this.#end + 1) return this.#giveUpTo(this.#end);
    const believed = Math.min(this.#acknowledged.believed, this.#end);
    // One byte more and nothing behind it: rather a FIN that the capture lacks.
    const isPerhapsFin = believed === this.#position + 1 && this.#waiting.count === 0;
    if (!isPerhapsFin || this.#end !== Number.POSITIVE_INFINITY) this.#giveUpTo(believed);
  }

  /** Tells of everything before `position`, be it there or not. */
  #giveUpTo(position: number): void {
    while (this.#position < position) {
      this.#lose(Math.min(this.#waiting.first, position) - this.#position);
      this.#drain();
    }
    if (this.#position === this.#end) this.#tellEnd();
  }

  #releaseWaiting(): void {
    while (this.#waiting.count > 0 && this.#isBelievable(this.#waiting.first)) {
      this.#giveUpTo(this.#waiting.first);
    }
    this.#waiting.clear();
  }

  #isBelievable(position: number): boolean {
    return position <= this.#acknowledged.believed || position <= this.#position + LARGEST_UNSURE;
  }

  #tellEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#listener.ended();
  }
}
