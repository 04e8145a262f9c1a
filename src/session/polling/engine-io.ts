import { Buffer } from 'node:buffer';
import { asBuffer } from '../../decoders/http1/blank-line-search.ts';
import { latin1 } from '../../decoders/http1/head.ts';
import type { Bytes } from '../../tap.ts';
import type { Waste } from './verdict.ts';

const RECORD_SEPARATOR = 0x1e;
const HANDSHAKE_LENGTH = 4096;

/** The `sid` of an open packet `0{"sid":"…"}`, also where a JSONP answer quotes it once more. */
export function engineIoSession(content: Bytes): string | undefined {
  const text = latin1(content.subarray(0, HANDSHAKE_LENGTH)).replaceAll('\\', '');
  return /"sid"\s*:\s*"([^"]+)"/.exec(text)?.[1];
}

/** What an answer brings: messages (`4…`, and `b…` for binary ones) are news; noop, ping and pong are heartbeats. */
export function engineIoAnswer(content: Bytes, version: number): 'news' | Waste {
  const types = version >= 4 ? typesOf(unquoted(content)) : framedTypes(unquoted(content));
  if (/[4b]/.test(types)) return 'news';
  if (/[01]/.test(types)) return 'control';
  return types === '' ? 'empty' : 'heartbeat';
}

/** The text in a JSONP answer, `___eio[0]("…");`; any other as it is. */
function unquoted(content: Bytes): Bytes {
  if (content[0] !== 0x5f) return content;
  const text = asBuffer(content).toString();
  const [, literal] = /^___eio\[\d+\]\((".*")\)/s.exec(text) ?? [];
  if (literal === undefined) return content;
  try {
    return Buffer.from(String(JSON.parse(literal)));
  } catch {
    return content;
  }
}

/** Protocol 4: packets are separated, and the first character of each is its type. */
function typesOf(content: Bytes): string {
  let types = '';
  for (let start = 0; start < content.length; ) {
    types += String.fromCharCode(content[start]!);
    const end = content.indexOf(RECORD_SEPARATOR, start);
    if (end < 0 || types.length > MAX_TYPES) break;
    start = end + 1;
  }
  return types;
}

/** Packets of one answer that are looked at. */
const MAX_TYPES = 10_000;

/** Protocol 3: each packet follows its length: `6:4hello` in characters, or bytes `00 06 ff` and `01 …` for binary ones. */
function framedTypes(content: Bytes): string {
  return content[0] === 0 || content[0] === 1 ? binaryTypes(content) : textTypes(content);
}

function textTypes(content: Bytes): string {
  const text = asBuffer(content).toString();
  let types = '';
  for (let start = 0; start < text.length && types.length < MAX_TYPES; ) {
    const colon = text.indexOf(':', start);
    const length = Number(text.slice(start, Math.max(colon, 0)));
    if (colon < 0 || !(length > 0)) break;
    types += text[colon + 1] ?? '';
    start = colon + 1 + length;
  }
  return types;
}

/** The type is a digit's character in a text packet, the number itself in a binary one. */
function binaryTypes(content: Bytes): string {
  let types = '';
  for (let start = 0; start < content.length && types.length < MAX_TYPES; ) {
    const end = content.indexOf(0xff, start);
    const length = Number(content.subarray(start + 1, Math.max(end, 0)).join(''));
    const type = content[end + 1];
    if (end < 0 || type === undefined || !(length > 0)) break;
    types += String.fromCharCode(type < 10 ? type + 48 : type);
    start = end + 1 + length;
  }
  return types;
}
