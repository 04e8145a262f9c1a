import { sniff } from '../../decoders/sniff.ts';
import type { Bytes, Side } from '../../tap.ts';
import { HttpRedactor } from './http-redactor.ts';
import { OpaqueLayer } from './opaque-layer.ts';
import type { Beginning, NextLayer, Redacting, RedactingLayer } from './redacting-layer.ts';
import { TlsRedactor } from './tls-redactor.ts';

/** RFC 9113 section 3.4. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** How a response begins (RFC 9112 section 4). */
const RESPONSE = Buffer.from('HTTP/1.');

/** Waits for the bytes that tell the protocol: of a connection, or of a tunnel within one. */
export class FirstBytes implements RedactingLayer {
  readonly #redacting: Redacting;
  readonly #beginning: Beginning;
  readonly #waiting: Record<Side, Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  #layer: RedactingLayer | undefined;

  constructor(redacting: Redacting, beginning: Beginning) {
    this.#redacting = redacting;
    this.#beginning = beginning;
  }

  push(from: Side, bytes: Bytes): void {
    this.#waiting[from] = Buffer.concat([this.#waiting[from], bytes]);
    this.#layer ??= this.#opened(from);
  }

  /** What begins with a hole is not known. */
  lose(from: Side, length: number): void {
    const layer = new OpaqueLayer(this.#redacting, this.#beginning);
    for (const side of ['client', 'server'] as const) {
      layer.push(side, this.#waiting[side]);
      this.#waiting[side] = Buffer.alloc(0);
    }
    layer.lose(from, length);
    this.#layer = layer;
  }

  end(from: Side): void {
    if (this.#waiting[from].length > 0) this.#layer ??= new OpaqueLayer(this.#redacting, this.#beginning);
  }

  next(): NextLayer | undefined {
    return this.#layer && { layer: this.#layer, rest: this.#waiting };
  }

  #opened(from: Side): RedactingLayer | undefined {
    const protocol = from === 'client' ? sniff(this.#waiting.client) : byServer(this.#waiting.server);
    switch (protocol) {
      case undefined:
        return undefined;
      case 'http1':
        return new HttpRedactor(
          this.#redacting,
          this.#beginning,
          (place) => new FirstBytes(this.#redacting, place),
        );
      case 'tls':
        return new TlsRedactor(this.#redacting, this.#beginning);
      case 'http2':
        return new OpaqueLayer(this.#redacting, this.#beginning, HTTP2_PREFACE);
      default:
        return new OpaqueLayer(this.#redacting, this.#beginning);
    }
  }
}

/** A server that speaks first is no HTTP server, unless the connection's beginning was missed. */
function byServer(bytes: Buffer): 'http1' | 'unknown' | undefined {
  const beginning = bytes.subarray(0, RESPONSE.length);
  if (!beginning.equals(RESPONSE.subarray(0, beginning.length))) return 'unknown';
  return bytes.length < RESPONSE.length ? undefined : 'http1';
}
