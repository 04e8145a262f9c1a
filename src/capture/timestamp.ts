import { NANOSECONDS } from './pcapng-numbers.ts';

/** 64 bits, to make a bigint of two halves at a third of what arithmetic with bigints takes. */
const halves = new DataView(new ArrayBuffer(8));
const HALF = 2 ** 32;
const MICROSECONDS = 6;
const SECOND = 1_000_000_000n;

/** The number of which `high` and `low` are the 32-bit halves. */
export function joined(high: number, low: number): bigint {
  halves.setUint32(0, high);
  halves.setUint32(4, low);
  return halves.getBigUint64(0);
}

/** The higher 32 of the 64 bits of a number. */
export function highHalf(number: bigint): number {
  halves.setBigUint64(0, number);
  return halves.getUint32(0);
}

/** The lower 32 of the 64 bits of a number. */
export function lowHalf(number: bigint): number {
  halves.setBigUint64(0, number);
  return halves.getUint32(4);
}

/** Nanoseconds of whole seconds and nanoseconds more, both of at most 42 bits. */
export function nanosecondsOf(seconds: number, nanoseconds: number): bigint {
  // seconds * 10^9 does not fit a double, half of a second's bits at a time does
  const high = Math.floor(seconds / 65_536) * 1e9;
  const low = (seconds % 65_536) * 1e9 + nanoseconds + (high % 65_536) * 65_536;
  return joined(Math.floor(high / 65_536) + Math.floor(low / HALF), low >>> 0);
}

/** What the ticks of an interface mean. */
export class InterfaceClock {
  /** Ticks a second. */
  readonly #rate: bigint;
  readonly #offset: bigint;
  /** Nanoseconds a tick where that is a small whole number and the ticks are counted from the epoch, else 0. */
  readonly #factor: number;

  /**
   * @param resolution as in `if_tsresol` (section 4.2): 10, or with the highest bit set 2, to the power of minus this
   * @param offset seconds to add, as in `if_tsoffset`
   */
  constructor(resolution: number, offset: bigint) {
    this.#rate = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    this.#offset = offset * SECOND;
    const isPlain = offset === 0n && (resolution === MICROSECONDS || resolution === NANOSECONDS);
    this.#factor = isPlain ? 10 ** (9 - resolution) : 0;
  }

  /** Nanoseconds since the epoch, of the halves of a packet's timestamp. */
  nanoseconds(high: number, low: number): bigint {
    const factor = this.#factor;
    if (factor === 1) return joined(high, low);
    if (factor === 0 || high * factor >= HALF - factor) return this.#converted(joined(high, low));
    const lowest = low * factor;
    return joined(high * factor + Math.floor(lowest / HALF), lowest >>> 0);
  }

  #converted(ticks: bigint): bigint {
    return (ticks * SECOND) / this.#rate + this.#offset;
  }
}
