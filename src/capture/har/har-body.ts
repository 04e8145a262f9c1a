import { isUtf8 } from 'node:buffer';
import { wholeContent } from '../../session/content.ts';
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

/** The body of message `number`; of one with a hole what comes before that, as HAR has no way to say where it is. */
export function keptBody(
  session: Session,
  fields: readonly Field[],
  number: number,
  row: MessageRow,
): KeptBody {
  const codings = contentCodings(fields);
  const { messages } = session;
  const carried = messages.bytes(number, messages.missing(number)?.at);
  const content = carried && contentOf(session, number, carried, codings);
  return { carried, content, isCoded: codings.length > 0, size: row.payload };
}

/** Node inflates at once what it can; not every Node knows zstd. */
function contentOf(
  session: Session,
  number: number,
  carried: Buffer,
  codings: readonly string[],
): Buffer | undefined {
  if (codings.length === 0) return carried;
  return codings.includes('zstd') ? wholeContent(session, number) : decodedBody(carried, codings);
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
