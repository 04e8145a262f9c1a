import { contentCodings } from './content-codings.ts';
import { framedStream } from './framed-body.ts';
import { bytesStep, noteSizes, type Step, type Writing } from './step.ts';
import { type StoredCoding, storedCoding } from './stored-coding.ts';
import type { ToldMessages, ToldResponse } from './told-entry.ts';
import { toldMessages } from './told-messages.ts';
import { EventWriter } from './written-event.ts';
import { responseHead } from './written-head.ts';

/** A response whose body is an event stream, with each event at its time. */
export function* writtenEventStream(
  writing: Writing,
  response: ToldResponse,
  events: ToldMessages,
): Generator<Step> {
  const { entry, epoch, respondedAt, isLast, onChange } = writing;
  const isWhole = !entry.own?.cutOff.has('response');
  const codings = contentCodings(response.fields);
  const pieces = () => streamPieces(events, codings, isWhole);
  const framing = { fields: response.fields, isResponse: true, isWhole, isLast };
  const framed = framedStream(framing, () => sum(pieces()));
  if (framed.changed) onChange(`response: ${framed.changed}`);
  if (codings.length > 0)
    onChange(`the events were encoded anew: ${codings.join(', ')}, without compression`);
  const head = responseHead(response, framed.fields);
  noteSizes('response', response, head, undefined, onChange);
  yield bytesStep(respondedAt, 'server', head);
  let now = respondedAt;
  for (const { at, bytes } of pieces()) {
    if (at !== undefined) now = Math.max(now, Number(at - epoch));
    const piece = framed.piece(bytes);
    if (piece.length > 0) yield bytesStep(now, 'server', piece);
  }
  const end = Math.max(now, respondedAt + entry.receive);
  if (framed.closing.length > 0) yield bytesStep(end, 'server', framed.closing);
  if (framed.endsWithStream) yield { type: 'ended', at: end, from: 'server' };
}

interface Piece {
  /** Nanoseconds since the Unix epoch; undefined where it is not told. */
  readonly at: bigint | undefined;
  readonly bytes: Buffer;
}

/** A piece for each event, in the stream's coding. What has several codings, or one that is not known here, is written plain. */
function* streamPieces(events: ToldMessages, codings: readonly string[], isWhole: boolean): Generator<Piece> {
  const writer = new EventWriter();
  const coding = (codings.length === 1 && storedCoding(codings[0]!)) || PLAIN;
  yield { at: undefined, bytes: coding.opening };
  for (const message of toldMessages(events)) {
    yield { at: message.at, bytes: coding.block(writer.write(message)) };
  }
  if (isWhole) yield { at: undefined, bytes: coding.closing() };
}

const NOTHING = Buffer.alloc(0);
const PLAIN: StoredCoding = { opening: NOTHING, block: (bytes) => bytes, closing: () => NOTHING };

function sum(pieces: Iterable<Piece>): number {
  let length = 0;
  for (const { bytes } of pieces) length += bytes.length;
  return length;
}
