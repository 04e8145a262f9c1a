import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { stored, storedCoding } from './stored-coding.ts';

/** What Brotli's best takes a minute for, this does in a second. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/**
 * A content in its codings, which are named as they are to be applied: compressed anew, as a HAR tells what it decompressed
 * to. zstd is stored, as not every Node has it. Undefined where one of them is not known here.
 */
export function recodedBody(content: Buffer, codings: readonly string[]): Buffer | undefined {
  let coded: Buffer | undefined = content;
  for (const coding of codings) {
    coded = codedOnce(coded, coding);
    if (!coded) return undefined;
  }
  return coded;
}

function codedOnce(bytes: Buffer, name: string): Buffer | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return gzipSync(bytes);
    case 'deflate':
      return deflateSync(bytes);
    case 'br':
      return brotliCompressSync(bytes, BROTLI_OPTIONS);
    default: {
      const coding = storedCoding(name);
      return coding && stored(coding, bytes);
    }
  }
}
