/** What stands where a whole payload was. It begins no head, no chunk-size line, no field of an event stream, and no TLS. */
const TEXT = Buffer.from('(redacted by tare)\n');

/** Bytes made at a time: whole texts. */
const STEP = TEXT.length * 4096;
const REPEATED = Buffer.alloc(STEP + TEXT.length, TEXT);

/** The text over and over, `length` bytes of it from its place `start` on. Not to be written to. */
export function replacedText(start: number, length: number): Buffer {
  const from = start % TEXT.length;
  if (length <= STEP) return REPEATED.subarray(from, from + length);
  return Buffer.alloc(length, REPEATED.subarray(from, from + STEP));
}

/** Words of any length, from any place on. */
export type Words = typeof replacedText;

/** An event stream begins with a comment, which readers show; its other lines are none that mean anything. */
const COMMENT = Buffer.from(': redacted by tare\n');

/** The words for an event stream. */
export function replacedEvents(start: number, length: number): Buffer {
  if (start >= COMMENT.length) return replacedText(start, length);
  const bytes = Buffer.from(replacedText(start, length));
  COMMENT.copy(bytes, 0, start);
  return bytes;
}
