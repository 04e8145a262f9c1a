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
  const text = asText(content);
  if (text !== undefined) return harmless(text);
  const hex = content
    .subarray(0, HEX_BYTES)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return content.length > HEX_BYTES ? `${hex} …` : hex;
}

/** As UTF-8, where it is that; a character cut at the end is left out. */
function asText(content: Buffer): string | undefined {
  for (let cut = 0; cut < Math.min(4, content.length + 1); cut++) {
    const whole = content.subarray(0, content.length - cut);
    if (isUtf8(whole)) return NOT_TEXT.test(whole.toString('latin1')) ? undefined : whole.toString('utf8');
  }
  return undefined;
}

/** Control characters that text does not hold. */
const NOT_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;
