import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Bytes that a body may inflate to. */
const LIMIT = 256 << 20;

/** What there is of a body that was cut off is inflated as far as it goes. */
const ZLIB_OPTIONS = { maxOutputLength: LIMIT, finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI_OPTIONS = { maxOutputLength: LIMIT, finishFlush: constants.BROTLI_OPERATION_FLUSH };

/**
 * A body without its content codings (RFC 9110 section 8.4), which are named as they were applied; undefined where it
 * cannot be decoded here: zstd, which not every Node knows, what is broken, and what inflates to more than 256 MiB.
 */
export function decodedBody(bytes: Buffer, codings: readonly string[]): Buffer | undefined {
  let decoded: Buffer | undefined = bytes;
  for (const coding of [...codings].reverse()) {
    decoded = decoded.length === 0 ? decoded : decodedOnce(decoded, coding);
    if (!decoded) return undefined;
  }
  return decoded;
}

function decodedOnce(bytes: Buffer, coding: string): Buffer | undefined {
  try {
    switch (coding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, ZLIB_OPTIONS);
      case 'deflate':
        return isWrapped(bytes) ? inflateSync(bytes, ZLIB_OPTIONS) : inflateRawSync(bytes, ZLIB_OPTIONS);
      case 'br':
        return brotliDecompressSync(bytes, BROTLI_OPTIONS);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** Whether zlib's wrapper is there (RFC 1950 section 2.2), which some servers leave out. */
function isWrapped(bytes: Buffer): boolean {
  return bytes.length > 1 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE() % 31 === 0;
}
