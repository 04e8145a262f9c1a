import { contentCodings } from './content-codings.ts';
import { fieldValue, fieldValues } from './fields.ts';
import { recodedBody } from './recoded-body.ts';
import type { ToldRequest, ToldResponse } from './told-entry.ts';

/** A body as it is to be carried. */
export interface CarriedBody {
  readonly bytes: Buffer;
  /** Bytes behind these that travelled, and that the HAR lacks. */
  readonly missing: number;
  /** What of it was made up, in words. */
  readonly changed: string | undefined;
}

const NOTHING = Buffer.alloc(0);
const NO_BODY: CarriedBody = { bytes: NOTHING, missing: 0, changed: undefined };

/**
 * The body that an entry tells of: what tare says was carried; or the content, encoded anew; or nothing but how much is
 * missing. `isOwn`: tare wrote it, whose texts are UTF-8. `isWhole`: the stream did not end inside it.
 */
export function carriedBody(
  message: ToldRequest | ToldResponse,
  isOwn: boolean,
  isWhole: boolean,
): CarriedBody {
  const { body, fields } = message;
  const { carried, text } = body;
  if (carried !== undefined) return { ...NO_BODY, bytes: Buffer.from(carried, 'base64') };
  const missing = isWhole ? missingSize(message) : 0;
  if (text === undefined) return { ...NO_BODY, missing };
  const content = contentBytes(text, body.isBase64, isOwn ? '' : (fieldValue(fields, 'content-type') ?? ''));
  const codings = contentCodings(fields);
  if (codings.length === 0)
    return { ...NO_BODY, bytes: content, missing: restSize(message, content, isWhole) };
  if (text === '' && missing > 0) return { ...NO_BODY, missing };
  const coded = recodedBody(content, codings);
  const coding = codings.join(', ');
  if (coded) return { ...NO_BODY, bytes: coded, changed: `the body was encoded anew: ${coding}` };
  return { ...NO_BODY, bytes: content, changed: `the body is not encoded, as ${coding} is not known here` };
}

/** What a head says exactly, else what the entry says: some tools count the head in, or what the body decompresses to. */
function missingSize({ fields, bodySize, body }: ToldRequest | ToldResponse): number {
  return contentLength(fields) ?? (bodySize || body.size || 0);
}

/** Firefox cuts long texts off, and tare ends them before a hole: the head knows better, and tare the size. */
function restSize({ fields, bodySize }: ToldRequest | ToldResponse, content: Buffer, isOwn: boolean): number {
  const whole = contentLength(fields) ?? (isOwn ? bodySize : undefined) ?? 0;
  return Math.max(0, whole - content.length);
}

/** What Content-Length tells (RFC 9110 section 8.6); undefined where it does not tell one length. */
export function contentLength(fields: ToldRequest['fields']): number | undefined {
  const [value, ...others] = fieldValues(fields, 'content-length');
  if (value === undefined || !/^\d{1,15}$/.test(value)) return undefined;
  return others.every((other) => other === value) ? Number(value) : undefined;
}

/** What a browser showed as a text had the charset that its type names. */
function contentBytes(text: string, isBase64: boolean, contentType: string): Buffer {
  if (isBase64) return Buffer.from(text, 'base64');
  const isLatin1 = /charset="?(iso-8859-1|latin-?1|us-ascii|windows-1252)/i.test(contentType);
  return isLatin1 && /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text);
}
