/**
 * Writes a compressed payload anew, which is as long as the one it replaces and inflates to words that say so: so whoever reads the
 * recording is told of a redaction, and not of something that does not inflate.
 */
export interface Replacement {
  /** How many of the next `waiting` bytes can be written when it is not known whether more come. */
  ready(waiting: number): number;
  /** The next bytes of it. */
  next(length: number): Buffer;
  /** Its last bytes, those that `ready` left. */
  end(length: number): Buffer;
}
