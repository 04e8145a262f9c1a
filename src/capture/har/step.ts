import type { Side } from '../../tap.ts';
import type { Written } from './framed-body.ts';
import type { CarriedBody } from './told-body.ts';
import type { ToldEntry, ToldRequest, ToldResponse } from './told-entry.ts';

/** What one side does at a time, in nanoseconds since a HAR's epoch; a step's time may lie before that of the step before it. */
export type Step = { readonly at: number; readonly from: Side } & (
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'lost'; readonly length: number }
  | { readonly type: 'ended' }
);

/** What an exchange is written from. */
export interface Writing {
  readonly entry: ToldEntry;
  /** Nanoseconds since the Unix epoch that times are counted from. */
  readonly epoch: bigint;
  readonly askedAt: number;
  readonly respondedAt: number;
  /** Nothing follows on the connection. */
  readonly isLast: boolean;
  /** Told what is written otherwise than it stands in the HAR, in words. */
  readonly onChange: (detail: string) => void;
}

export function bytesStep(at: number, from: Side, bytes: Buffer): Step {
  return { type: 'bytes', at, from, bytes };
}

/** Who reads a session puts zeros in the place of what is missing, up to so many at once. */
const MOST_LOST = 16 << 20;

/** A body that is there at once. */
export function* bodySteps(at: number, from: Side, written: readonly Written[]): Generator<Step> {
  for (const part of written) {
    if (typeof part !== 'number') yield bytesStep(at, from, part);
    else yield* lostSteps(at, from, part);
  }
}

/** Bytes missing from one body that are told in several pieces; more of them end the decoding of their connection. */
export const MOST_MISSING = 64 << 20;

/** Bytes that the HAR lacks. */
export function* lostSteps(at: number, from: Side, missing: number): Generator<Step> {
  const most = missing > MOST_MISSING ? missing : MOST_LOST;
  for (let left = missing; left > 0; left -= most) {
    yield { type: 'lost', at, from, length: Math.min(left, most) };
  }
}

/** Tells what of the sizes an entry names is not what was written. */
export function noteSizes(
  which: 'request' | 'response',
  told: ToldRequest | ToldResponse,
  head: Buffer,
  body: CarriedBody | undefined,
  onChange: Writing['onChange'],
): void {
  if (told.headersSize !== undefined && told.headersSize !== head.length) {
    onChange(`the ${which}'s head is of ${head.length} bytes here and of ${told.headersSize} there`);
  }
  const length = body && body.bytes.length + body.missing;
  if (length === undefined || told.bodySize === undefined || told.bodySize === length) return;
  onChange(`the ${which}'s body is of ${length} bytes here and of ${told.bodySize} there`);
}
