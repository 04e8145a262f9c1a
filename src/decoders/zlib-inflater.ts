/**
 * gzip, zlib, raw deflate and brotli through node:zlib, made synchronous by minizlib.
 *
 * Node's public zlib inflates a stream only asynchronously. minizlib drives the same native code through
 * `_processChunk`, a private part of node:zlib that npm's own tar rests on as well. Measured on Node 20.20, a message
 * of 125 B with context takeover / an SSE event flushed by gzip / a large gzip in 64 KiB chunks / a 416 B body with
 * a stream of its own: minizlib 1.1 us / 1.5 us / 900 MB/s / 8 us, pako 3 (its zlib calls) 1.1 us / 2.0 us / 260 MB/s
 * / 12 us, fflate 100 us / 128 us / 280 MB/s (it copies its 32 KiB window at each push). Brotli: minizlib 2.4 us an
 * event, 690 MB/s; the others have none.
 *
 * Node's own `maxOutputLength` holds in `_processChunk` too: it is the cap, checked after each 16 KiB that come out.
 * Dropped streams are freed with their JavaScript objects: 200,000 opened and dropped add at most 150 MB, 10,000 open
 * ones take 15 KiB each. Closing them by hand takes 12 us more.
 */
import { constants } from 'node:zlib';
import { BrotliDecompress, Gunzip, Inflate, InflateRaw, type ZlibOptions } from 'minizlib';
import type { Bytes } from '../tap.ts';
import type { Inflater } from './inflater.ts';

/** `deflate-raw` has no wrapper around it, as in permessage-deflate; `zlib` has that of RFC 1950. */
export type ZlibCoding = 'gzip' | 'zlib' | 'deflate-raw' | 'br';

type Stream = BrotliDecompress | Gunzip | Inflate | InflateRaw;

/** What minizlib hands through to node:zlib, beyond what its types name. */
type StreamOptions = ZlibOptions & {
  readonly maxOutputLength: number;
  readonly windowBits: number | undefined;
};

/** A sender ends its raw deflate stream once a message, if at all: more restarts in one push are an attack. */
const MAX_RESTARTS = 64;

const NOTHING: Bytes = new Uint8Array();

/** One native stream. What stands behind the end of a zlib or brotli stream is ignored, as browsers do. */
export class ZlibInflater implements Inflater {
  readonly #restarts: boolean;
  readonly #limit: number;
  readonly #stream: Stream | undefined;
  #chunks: Uint8Array[] = [];
  #broken: string | undefined;

  constructor(coding: ZlibCoding, limit: number, windowBits?: number) {
    this.#restarts = coding === 'deflate-raw';
    this.#limit = limit;
    try {
      this.#stream = open(coding, limit, windowBits);
      this.#stream.on('data', (chunk) => this.#chunks.push(chunk));
      this.#stream.on('error', (error) => this.#break(reason(error)));
    } catch (error) {
      this.#break(reason(error));
    }
  }

  get broken(): string | undefined {
    return this.#broken;
  }

  push(bytes: Bytes): Bytes | undefined {
    const stream = this.#stream;
    if (this.#broken !== undefined || stream === undefined) return undefined;
    if (bytes.length > 0) this.#write(stream, bytes);
    if (this.#broken !== undefined) return undefined;
    const chunks = this.#chunks;
    if (chunks.length === 0) return NOTHING;
    this.#chunks = [];
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }

  /**
   * A raw stream goes on after its final block: RFC 7692 section 7.2.3.4 allows one in a message. zlib stops there
   * and leaves the rest unread; it starts afresh, without the old window, as browsers' inflaters do.
   */
  #write(stream: Stream, bytes: Bytes): void {
    let rest = bytes;
    for (let restart = 0; restart <= MAX_RESTARTS; restart++) {
      stream.write(rest);
      if (restart > 0 && lengthOf(this.#chunks) > this.#limit) this.#break('limit');
      const used = stream.handle?.bytesWritten ?? rest.length;
      if (!this.#restarts || used >= rest.length || this.#broken !== undefined) return;
      stream.reset();
      rest = rest.subarray(used);
    }
    this.#break(`more than ${MAX_RESTARTS} final blocks at once`);
  }

  #break(reason: string): void {
    this.#chunks = [];
    this.#broken ??= reason;
  }
}

function open(coding: ZlibCoding, limit: number, windowBits: number | undefined): Stream {
  const options: StreamOptions = {
    flush: coding === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH,
    maxOutputLength: limit,
    windowBits,
  };
  switch (coding) {
    case 'gzip':
      return new Gunzip(options);
    case 'zlib':
      return new Inflate(options);
    case 'deflate-raw':
      return new InflateRaw(options);
    case 'br':
      return new BrotliDecompress(options);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'zlib failed';
  const tooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  return tooLarge ? 'limit' : error.message.replace(/^zlib: /, '');
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  return length;
}
