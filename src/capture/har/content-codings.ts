import { type Field, fieldValues } from './fields.ts';

/** What Content-Encoding lists, as it was applied, in lower case; `identity` is no coding. */
export function contentCodings(fields: readonly Field[]): readonly string[] {
  return fieldValues(fields, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}

/** Whether the last transfer coding is `chunked` (RFC 9112 section 6.3). */
export function isChunked(fields: readonly Field[]): boolean {
  const codings = fieldValues(fields, 'transfer-encoding').flatMap((value) => value.split(','));
  return codings.at(-1)?.trim().toLowerCase() === 'chunked';
}
