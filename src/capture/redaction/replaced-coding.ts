import { BROTLI, ReplacedBlocks, ZSTD } from './replaced-blocks.ts';
import { GZIP, MESSAGE, ReplacedDeflate, ZLIB } from './replaced-deflate.ts';
import { replacedEvents, replacedText } from './replaced-text.ts';
import type { Replacement } from './replacement.ts';

/** For a content coding (RFC 9110 section 8.4.1) of a body, or of an event stream; undefined for a coding that is not known here. */
export function replacedCoding(name: string, isEventStream = false): Replacement | undefined {
  const words = isEventStream ? replacedEvents : replacedText;
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return new ReplacedDeflate(GZIP, words);
    case 'deflate':
      return new ReplacedDeflate(ZLIB, words);
    case 'br':
      return new ReplacedBlocks(BROTLI, words);
    case 'zstd':
      return new ReplacedBlocks(ZSTD, words);
    default:
      return undefined;
  }
}

/** For a message of permessage-deflate, which goes without the four bytes that its flush ends with (RFC 7692 section 7.2.1). */
export function replacedMessage(): Replacement {
  return new ReplacedDeflate(MESSAGE, replacedText);
}
