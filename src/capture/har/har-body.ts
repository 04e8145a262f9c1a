import { isUtf8 } from 'node:buffer';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';
import { contentCodings } from './content-codings.ts';
import { decodedBody } from './decoded-body.ts';
import { type Field, fieldValue } from './fields.ts';
import { base64Pieces, openObject, textPieces } from './json-pieces.ts';

/** A request's or response's body, as it was kept. */
export interface KeptBody {
  /** As carried; undefined where it was lost. */
  readonly carried: Buffer | undefined;
  /** Without its content codings; undefined where that cannot be. */
  readonly content: Buffer | undefined;
  readonly isCoded: boolean;
  /** Bytes as carried, whether they were kept or not. */
  readonly size: number;
}

/** `hole` is how many bytes of the message, its head included, come before some that are missing. */
export function keptBody(
  { messages }: Session,
  fields: readonly Field[],
  number: number,
  row: MessageRow,
  hole: number | undefined,
): KeptBody {
  const codings = contentCodings(fields);
  const carried = hole === undefined ? messages.bytes(number) : bytesBefore(messages, number, row, hole);
  const content = carried && (codings.length === 0 ? carried : decodedBody(carried, codings));
  return { carried, content, isCoded: codings.length > 0, size: row.payload };
}

/** Of a body in chunks nobody knows where in it a hole is. */
function bytesBefore(
  messages: Session['messages'],
  number: number,
  { head, framing }: MessageRow,
  hole: number,
): Buffer | undefined {
  return framing === 0 && hole > head ? messages.bytes(number, hole - head) : undefined;
}

/** A request's body as HAR's postData, which has no place for what is no text: that is in base64, and says so. */
export function* postDataPieces(fields: readonly Field[], body: KeptBody): Generator<string> {
  const { content } = body;
  const isText = content !== undefined && isTextual(content);
  const mimeType = fieldValue(fields, 'content-type') ?? '';
  yield openObject({ mimeType, ...(content && !isText && { _encoding: 'base64' }) });
  yield* bodyPieces(body, isText);
}

/** A response's body as HAR's content. */
export function* contentPieces(fields: readonly Field[], body: KeptBody): Generator<string> {
  const { content, isCoded, size } = body;
  const isText = content !== undefined && isTextual(content);
  yield openObject({
    size: isCoded ? (content?.length ?? -1) : size,
    ...(isCoded && content && { compression: content.length - size }),
    mimeType: fieldValue(fields, 'content-type') ?? 'x-unknown',
    ...(content && !isText && { encoding: 'base64' }),
  });
  yield* bodyPieces(body, isText);
}

/** The text, and beside it what was carried where the text was made from that; through the closing brace. */
function* bodyPieces({ carried, content, isCoded }: KeptBody, isText: boolean): Generator<string> {
  if (content) {
    yield ',"text":';
    yield* isText ? textPieces(content) : base64Pieces(content);
  }
  if (isCoded && carried && carried.length > 0) {
    yield ',"_carried":';
    yield* base64Pieces(carried);
  }
  if (!content) yield `,"comment":"${carried ? 'its coding is not known here' : 'not kept'}"`;
  yield '}';
}

/** UTF-8 with a NUL in it is more likely something else. */
function isTextual(content: Buffer): boolean {
  return isUtf8(content) && !content.includes(0);
}
