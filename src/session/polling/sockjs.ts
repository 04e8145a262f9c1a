import { latin1 } from '../../decoders/http1/head.ts';
import type { Bytes } from '../../tap.ts';
import type { Waste } from './verdict.ts';

const LINE_FEED = 0x0a;

/** Where a frame begins that is handed to a callback: `p("a[…` in a page, `callback("a[…` in JSONP. */
const QUOTED_FRAME = /\("([ohcam])/g;

const [OPEN, HEARTBEAT, CLOSE, ARRAY, MESSAGE] = [0x6f, 0x68, 0x63, 0x61, 0x6d];

/** What an answer to an XHR brings: one frame a line; a stream has 2048 `h` before them, which wake the browser. */
export function sockJsAnswer(content: Bytes): 'news' | Waste {
  return broughtBy(lineStarts(content));
}

/** The same of JSONP and of a page, whose frames are handed to a callback. */
export function sockJsScript(content: Bytes): 'news' | Waste {
  return broughtBy(quotedStarts(content));
}

/** Frames of messages (`a[…]`, in the past `m…`) are news, `h` is a heartbeat, `o` and `c[…]` open and close. */
function broughtBy(types: ReadonlySet<number>): 'news' | Waste {
  if (types.has(ARRAY) || types.has(MESSAGE)) return 'news';
  if (types.has(OPEN) || types.has(CLOSE)) return 'control';
  return types.has(HEARTBEAT) ? 'heartbeat' : 'empty';
}

function lineStarts(content: Bytes): Set<number> {
  const starts = new Set<number>();
  for (let start = 0; start < content.length; ) {
    starts.add(content[start]!);
    const end = content.indexOf(LINE_FEED, start);
    if (end < 0) break;
    start = end + 1;
  }
  return starts;
}

function quotedStarts(content: Bytes): Set<number> {
  const text = latin1(content);
  return new Set(Array.from(text.matchAll(QUOTED_FRAME), ([, letter]) => letter!.charCodeAt(0)));
}
