import type { Bytes } from '../../tap.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { Inflater } from '../inflater.ts';
import { Utf8Validator } from '../utf8.ts';
import type { Compression } from './permessage-deflate.ts';
import type { Violation } from './violation.ts';

/** Opens a raw DEFLATE stream. It is broken, by 'limit', when one push gives more than `limit` bytes. */
export type OpenInflater = (windowBits: number, limit: number) => Inflater;

/** Bounds of what is kept of a connection. */
export interface MessageLimits {
  /** Bytes that one message may inflate to. */
  readonly content: number;
}

export const DEFAULT_MESSAGE_LIMITS: MessageLimits = { content: 16 * 1024 * 1024 };

/** What senders cut off the end of a compressed message (RFC 7692 section 7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/**
 * Inflates the messages of one direction and checks that texts are UTF-8.
 * For each message: `begin`, then `push` with every slice of it, then `end`; or `abandon`.
 */
export class MessageContent {
  readonly #compression: Compression | undefined;
  readonly #openInflater: OpenInflater;
  readonly #limits: MessageLimits;
  readonly #utf8 = new Utf8Validator();
  #isText = false;
  #isCompressed = false;
  /** Undefined before it is needed, and once nothing can come of it. */
  #inflater: Inflater | undefined;
  /** True when messages before may be missing. */
  readonly #mayLackContext: boolean;
  /** True when the messages before are missing, and with them what later ones refer to. */
  #contextLost = false;
  #inflated = new ByteQueue();

  /** `followsHole`: messages before may be missing; what does not inflate then is nobody's fault. */
  constructor(
    compression: Compression | undefined,
    openInflater: OpenInflater,
    limits: MessageLimits,
    followsHole = false,
  ) {
    this.#compression = compression;
    this.#mayLackContext = followsHole && compression?.takeover === true;
    this.#openInflater = openInflater;
    this.#limits = limits;
  }

  begin(isText: boolean, isCompressed: boolean): void {
    this.#isText = isText;
    this.#isCompressed = isCompressed && this.#compression !== undefined;
    if (isText) this.#utf8.reset();
    if (this.#isCompressed) this.#openStream();
  }

  /** Reads a slice; `last` says that it is the message's last one. */
  push(bytes: Bytes, last: boolean): Violation | undefined {
    if (this.#isCompressed) return this.#inflate(bytes, last);
    return this.#isText ? this.#check(bytes, last) : undefined;
  }

  /** The message as inflated; undefined if it was not compressed, or could not be inflated. */
  end(): Bytes | undefined {
    if (!this.#isCompressed || this.#inflater === undefined) return undefined;
    return this.#inflated.take(this.#inflated.length);
  }

  /** A part of the message is missing: it cannot be inflated any more, nor is it seen whether it is UTF-8. */
  lose(): void {
    this.abandon();
    this.#isText = false;
  }

  /** Ends a message whose rest will not come. */
  abandon(): void {
    if (this.#isCompressed) this.#giveUp();
  }

  #openStream(): void {
    const { takeover, windowBits } = this.#compression!;
    if (this.#contextLost || (takeover && this.#inflater !== undefined)) return;
    this.#inflater = this.#openInflater(windowBits, this.#limits.content);
  }

  #giveUp(): void {
    this.#inflater = undefined;
    this.#inflated = new ByteQueue();
    this.#contextLost = this.#compression!.takeover;
  }

  /** RFC 7692 section 7.2.2. */
  #inflate(bytes: Bytes, last: boolean): Violation | undefined {
    const inflater = this.#inflater;
    if (inflater === undefined) return undefined;
    // Joined, since a push costs 1.1 us however short it is, and this copy of 125 bytes 0.1.
    const inflated = inflater.push(last ? Buffer.concat([bytes, TAIL]) : bytes);
    if (inflated === undefined) return this.#giveUpWith(inflater.broken);
    this.#inflated.add(inflated);
    if (this.#inflated.length > this.#limits.content) return this.#giveUpWith('limit');
    // Checked whole: what of a broken stream can be seen before it breaks depends on where the network cuts it.
    return this.#isText && last ? this.#check(this.#inflated.peek(this.#inflated.length), true) : undefined;
  }

  #giveUpWith(reason: string | undefined): Violation | undefined {
    this.#giveUp();
    if (this.#mayLackContext && reason !== 'limit') return undefined;
    return reason === 'limit'
      ? { rule: 'limit', detail: `a message inflates to more than ${this.#limits.content} bytes` }
      : { rule: 'RFC 7692 section 7.2.2', detail: `a message does not inflate: ${reason}` };
  }

  /** RFC 6455 section 8.1. */
  #check(bytes: Bytes, last: boolean): Violation | undefined {
    if (this.#utf8.push(bytes) && !(last && !this.#utf8.end())) return undefined;
    this.#isText = false;
    return { rule: 'RFC 6455 section 8.1', detail: 'a text that is not UTF-8' };
  }
}
