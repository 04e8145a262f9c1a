import type { IncomingMessage } from 'node:http';
import { at, UpstreamError } from '../upstream.ts';
import type { ReverseOrigin } from './origin.ts';
import { type RawFields, rawElements, rawValue } from './raw-fields.ts';

/** A word that makes Node's server write chunks, wherever it stands in Transfer-Encoding. */
const MAKES_CHUNKS = /(?:^|\W)chunked(?:$|\W)/;

/** What an answer is an answer to. */
export interface Asked {
  readonly method?: string | undefined;
  readonly httpVersion: string;
}

/** True where the last transfer coding is `chunked`, so that the body tells its own end (RFC 9112 section 6.3). */
export function endsInChunks(fields: RawFields): boolean {
  return rawElements(fields, 'transfer-encoding').at(-1) === 'chunked';
}

/**
 * True where the body of the origin's answer, as Node read it, ends with the client's connection, since its transfer
 * codings do not tell an end (RFC 9112 section 6.3). Throws an UpstreamError where the client could not tell it even so.
 */
export function endsWithConnection(origin: ReverseOrigin, answer: IncomingMessage, asked: Asked): boolean {
  const { rawHeaders, statusCode } = answer;
  const coding = rawValue(rawHeaders, 'transfer-encoding');
  if (coding === undefined) return false;
  const unclear = whyUnclear(rawHeaders, asked);
  if (unclear !== undefined) {
    const message = `${at(origin.server)} answered with what is no HTTP/1.1 that could be passed on: ${unclear}`;
    throw new UpstreamError('UPSTREAM_NOT_HTTP', message);
  }
  const hasBody = asked.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
  return hasBody && !endsInChunks(rawHeaders);
}

function whyUnclear(fields: RawFields, { httpVersion }: Asked): string | undefined {
  if (rawValue(fields, 'content-length') !== undefined) {
    return 'both Transfer-Encoding and Content-Length (RFC 9112 section 6.1)';
  }
  const codings = rawElements(fields, 'transfer-encoding');
  const value = JSON.stringify(codings.join(', '));
  const isChunked = codings.at(-1) === 'chunked';
  if (!isChunked && MAKES_CHUNKS.test(codings.join(', '))) {
    return `Transfer-Encoding ${value} does not have chunked last (RFC 9112 section 6.3)`;
  }
  if (httpVersion === '1.0' && codings.length > (isChunked ? 1 : 0)) {
    return `Transfer-Encoding ${value}, to a client of HTTP/1.0 (RFC 9112 section 6.1)`;
  }
  return undefined;
}
