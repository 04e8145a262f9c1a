/** Bytes to be replaced, each by the same one. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly byte: number;
}

/** What stands for a character of a text: an x. */
export const LETTER = 0x78;

/** What stands for a digit of a number, which must not begin with 0. */
export const DIGIT = 0x31;

/** What stands behind the backslash of an escape: an n makes one of whatever was there. */
export const ESCAPED = 0x6e;

/** Adds the bytes from `from` to `to`; joins them to the last ones where they go on. */
export function addEdit(edits: Edit[], from: number, to: number, byte: number): void {
  if (from >= to) return;
  const last = edits[edits.length - 1];
  if (last && last.to === from && last.byte === byte) edits[edits.length - 1] = { from: last.from, to, byte };
  else edits.push({ from, to, byte });
}
