import type { Bytes } from '../tap.ts';
import type { CaptureRecord } from './record.ts';

/** A block or packet record of more bytes than this is damage: no writer makes them so large. */
export const MAX_BLOCK_LENGTH = 64 * 1024 * 1024;

/** Behind damage only blocks up to this length are looked for: chance and lies rather tell of larger ones. */
export const MAX_FOUND_LENGTH = 1024 * 1024;

/** Reads one format of capture files, block by block. */
export interface CaptureFormat {
  /** How many bytes must lie at the place read next for anything to be told. Never 0. */
  readonly needed: number;

  /**
   * Adds what the whole blocks at the beginning of `bytes` tell, and returns how many bytes have been read. When it returns,
   * either `needed` is more than is left, or none is left.
   */
  read(bytes: Bytes, place: Place, records: CaptureRecord[]): number;
}

/** Where the bytes that a format is given lie. */
export interface Place {
  /** Of their first byte in the file. */
  readonly offset: number;
  /** No others follow: what is not whole now never will be. All bytes are read then. */
  readonly isEnd: boolean;
}
