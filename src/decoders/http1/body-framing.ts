import { fieldValues, listElements } from './fields.ts';
import type { RequestHead, ResponseHead } from './head.ts';
import { quoted } from './section-reader.ts';

/** Why two recipients could see the end of a message at different places: what forwards it must refuse. */
interface FramingConflict {
  readonly rule: string;
  readonly detail: string;
}

/** How the end of a body is found (RFC 9112 section 6.3). */
export type BodyFraming = (
  | { readonly type: 'none' }
  | { readonly type: 'length'; readonly length: number }
  | { readonly type: 'chunked' }
  /** A response's only. */
  | { readonly type: 'until-close' }
  /** No HTTP follows: a 101, or a 2xx to CONNECT. */
  | { readonly type: 'tunnel' }
  /** It cannot be found: a server answers 400 and closes, a client closes. */
  | { readonly type: 'unknown' }
) & {
  readonly conflict: FramingConflict | undefined;
};

const NONE: BodyFraming = { type: 'none', conflict: undefined };
const CHUNKED: BodyFraming = { type: 'chunked', conflict: undefined };
const UNTIL_CLOSE: BodyFraming = { type: 'until-close', conflict: undefined };
const TUNNEL: BodyFraming = { type: 'tunnel', conflict: undefined };
const TRANSFER_CODINGS = new Set(['chunked', 'gzip', 'x-gzip', 'deflate', 'compress', 'x-compress']);
const TWO_LENGTHS = { rule: 'RFC 9112 section 6.1', detail: 'both Transfer-Encoding and Content-Length' };

/** How a request's body ends. A head whose very fields are ambiguous is a conflict too. */
export function requestBodyFraming(head: RequestHead): BodyFraming {
  const framing = transferFraming(head) ?? lengthFraming(head) ?? NONE;
  const conflict = framing.conflict ?? head.faults.find((fault) => fault.isAmbiguous);
  return conflict === framing.conflict ? framing : { ...framing, conflict };
}

/** How the body of a response to a request with this method ends. */
export function responseBodyFraming(head: ResponseHead, requestMethod: string): BodyFraming {
  const { status } = head;
  if (status === 101 || (requestMethod === 'CONNECT' && status >= 200 && status < 300)) {
    return withoutLength(head, TUNNEL);
  }
  if (status < 200 || status === 204) return withoutLength(head, NONE);
  if (requestMethod === 'HEAD' || status === 304) return NONE;
  const framing = transferFraming(head) ?? lengthFraming(head) ?? UNTIL_CLOSE;
  // A response ends with its connection at the latest, whatever its last coding is.
  if (framing.type === 'unknown' && fieldValues(head.fields, 'transfer-encoding').length > 0) {
    return { type: 'until-close', conflict: framing.conflict };
  }
  return framing;
}

/** Such a response ends with its head; who believes a length in it takes what follows for its body. */
function withoutLength(head: ResponseHead, framing: BodyFraming): BodyFraming {
  const hasCoding = fieldValues(head.fields, 'transfer-encoding').length > 0;
  if (!hasCoding && fieldValues(head.fields, 'content-length').length === 0) return framing;
  const rule = hasCoding ? 'RFC 9112 section 6.1' : 'RFC 9110 section 8.6';
  const name = hasCoding ? 'Transfer-Encoding' : 'Content-Length';
  return { ...framing, conflict: { rule, detail: `${name} in a ${head.status} that ends with its head` } };
}

/** By Transfer-Encoding, which overrides Content-Length; undefined without one. */
function transferFraming(head: RequestHead | ResponseHead): BodyFraming | undefined {
  const values = fieldValues(head.fields, 'transfer-encoding');
  if (values.length === 0) return undefined;
  const conflict = transferConflict(head);
  const codings = listElements(head.fields, 'transfer-encoding');
  const isChunked = codings[codings.length - 1]?.toLowerCase() === 'chunked';
  if (isChunked) return conflict ? { type: 'chunked', conflict } : CHUNKED;
  return { type: 'unknown', conflict: conflict ?? notLast(values) };
}

function transferConflict(head: RequestHead | ResponseHead): FramingConflict | undefined {
  if (fieldValues(head.fields, 'content-length').length > 0) return TWO_LENGTHS;
  if (!isAtLeast11(head.version)) {
    return { rule: 'RFC 9112 section 6.1', detail: `Transfer-Encoding in HTTP/${head.version}` };
  }
  const codings = listElements(head.fields, 'transfer-encoding').map((coding) => coding.toLowerCase());
  // Parameters are none of the chunked coding's: `chunked;q=1` is unknown, as it is to most.
  const unknown = codings.find((coding) => !TRANSFER_CODINGS.has(coding));
  if (unknown !== undefined) {
    return { rule: 'RFC 9112 section 6.1', detail: `${quoted(unknown)} is not a transfer coding` };
  }
  const chunkedAt = codings.indexOf('chunked');
  if (chunkedAt >= 0 && chunkedAt < codings.length - 1) return notLast(codings);
  return undefined;
}

function notLast(codings: readonly string[]): FramingConflict {
  const detail = `Transfer-Encoding ${quoted(codings.join(', '))} does not have chunked last and once`;
  return { rule: 'RFC 9112 section 6.3', detail };
}

/** By Content-Length (RFC 9110 section 8.6); undefined without one. Equal values count as one. */
function lengthFraming(head: RequestHead | ResponseHead): BodyFraming | undefined {
  const values = fieldValues(head.fields, 'content-length');
  if (values.length === 0) return undefined;
  const numbers = values.length === 1 && !values[0]!.includes(',') ? values : values.flatMap(listParts);
  const first = numbers[0]!;
  if (numbers.some((number) => number !== first) || !/^\d+$/.test(first)) {
    const detail = `Content-Length ${quoted(values.join(', '))} is not a length`;
    return { type: 'unknown', conflict: { rule: 'RFC 9112 section 6.3', detail } };
  }
  const length = Number(first);
  if (Number.isSafeInteger(length)) return { type: 'length', length, conflict: undefined };
  return { type: 'unknown', conflict: { rule: 'limit', detail: 'a body of more than 2^53 - 1 bytes' } };
}

/** Empty elements stay: `5,` is a length to some and not to others. */
function listParts(value: string): string[] {
  return value.split(/[ \t]*,[ \t]*/);
}

function isAtLeast11(version: string): boolean {
  return version.startsWith('1.') && version !== '1.0';
}
