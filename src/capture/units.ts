import { readChunkSize } from '../decoders/http1/chunked.ts';
import { isControl, readFrameHeader } from '../decoders/websocket/frame-header.ts';
import type { Bytes } from '../tap.ts';

/** A piece of a stream that tells at its beginning where it ends. */
export interface Unit {
  /** Bytes at its beginning that tell it. */
  readonly header: number;
  /** All its bytes, the header's too. */
  readonly length: number;
  /** Whether what it belongs to ends with it: nothing before it is needed to read what comes behind. */
  readonly isLast: boolean;
  /** Whether the stream has no more of them. */
  readonly endsStream: boolean;
}

/** Reads the unit that begins at `at`: undefined where its header is not all there, `strange` where there can be none. */
export type ReadUnit = (bytes: Bytes, at: number) => Unit | 'strange' | undefined;

/** WebSocket frames (RFC 6455 section 5.2): what they belong to is a message. */
export function frames(): ReadUnit {
  let isMessageOpen = false;
  return (bytes, at) => {
    const header = readFrameHeader(bytes, at);
    if (!header) return undefined;
    if (!Number.isSafeInteger(header.payloadLength)) return 'strange';
    if (!isControl(header)) isMessageOpen = !header.fin;
    const length = header.length + header.payloadLength;
    return { header: header.length, length, isLast: !isMessageOpen, endsStream: false };
  };
}

/** Bytes of a header at most: chunk-size lines that are longer are nobody's. */
export const LONGEST_HEADER = 4_096;
const LF = 10;

/**
 * Chunks of a body (RFC 9112 section 7.1): each by itself, or all of one message. Trailer fields, which are rare, are not read.
 */
export function chunks(areOneMessage: boolean): ReadUnit {
  return (bytes, at) => {
    const lineEnd = bytes.indexOf(LF, at) + 1;
    if (lineEnd === 0) return bytes.length - at > LONGEST_HEADER ? 'strange' : undefined;
    const size = readChunkSize(bytes, at);
    if (size === undefined || !Number.isSafeInteger(size)) return 'strange';
    const header = lineEnd - at;
    return { header, length: header + size + LINE_END, isLast: !areOneMessage, endsStream: size === 0 };
  };
}

/** CR LF behind a chunk's data. */
const LINE_END = 2;

/** A body of which the length is known, or that ends with its stream where it is Infinity. */
export function bodyOf(length: number): ReadUnit {
  return () => ({ header: 0, length, isLast: true, endsStream: true });
}
