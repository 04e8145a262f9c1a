import { StringDecoder } from 'node:string_decoder';

/** Bytes that one piece is made of: a multiple of 3, so that pieces of base64 join without padding between them. */
const PIECE = 48 << 10;

/** Characters that are handed out at once. */
const BATCH = 64 << 10;

/** A JSON string of what is UTF-8, in pieces: as one, a text of some hundred megabytes is longer than a string may be. */
export function* textPieces(bytes: Buffer): Generator<string> {
  const decoder = new StringDecoder('utf8');
  yield '"';
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield insideQuotes(decoder.write(bytes.subarray(at, at + PIECE)));
  }
  yield `${insideQuotes(decoder.end())}"`;
}

/** A JSON string of any bytes in base64, in pieces. */
export function* base64Pieces(bytes: Buffer): Generator<string> {
  yield '"';
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.toString('base64', at, at + PIECE);
  yield '"';
}

/** The same text in pieces of some 64 Ki characters. */
export function* batched(pieces: Iterable<string>): Generator<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}

/** An object's JSON without its closing brace, for members to be added. */
export function openObject(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}

function insideQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
