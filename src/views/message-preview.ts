import { isUtf8 } from 'node:buffer';
import { contentOf } from '../session/content.ts';
import type { Session } from '../session/session.ts';
import { harmless } from './harmless.ts';

/** Bytes of content that a preview looks at. */
const LOOKED_AT = 2048;
const HEX_BYTES = 24;

/** The beginning of a message's content as one harmless line: text as text, all else in hex. */
export function messagePreview(session: Session, number: number): string {
  const content = contentOf(session, number, LOOKED_AT);
  if (content === undefined) return '(no longer kept)';
  const text = textOf(content);
  if (text !== undefined) return harmless(text);
  const hex = content
    .subarray(0, HEX_BYTES)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return content.length > HEX_BYTES ? `${hex} …` : hex;
}

/** As UTF-8, where it is that; a character cut at the end is left out. */
export function textOf(content: Buffer): string | undefined {
  const whole = content.subarray(0, content.length - cutCharacter(content));
  return isUtf8(whole) && !NOT_TEXT.test(whole.toString('latin1')) ? whole.toString('utf8') : undefined;
}

/** Bytes at the end that begin a character and do not finish it (RFC 3629 section 3). */
function cutCharacter(content: Buffer): number {
  for (let count = 1; count <= Math.min(3, content.length); count++) {
    const byte = content[content.length - count]!;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const length = byte < 0xc0 || byte > 0xf4 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > count ? count : 0;
  }
  return 0;
}

/** Control characters that text does not hold. */
const NOT_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;
