import type { Bytes, Side } from '../../tap.ts';
import { addEdit, type Edit, LETTER } from './edit.ts';
import { isNeededField, type RedactedNames } from './redacted-names.ts';
import { TextScanner } from './text-scanner.ts';

/** Part of a head's text, which has a character for each byte. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Section {
  readonly text: string;
  readonly names: RedactedNames;
  readonly edits: Edit[];
}

/** What is to be replaced in a head, from its start line through its blank line. */
export function headEdits(from: Side, bytes: Bytes, names: RedactedNames): Edit[] {
  const section = sectionOf(bytes, names);
  const lines = linesOf(section.text);
  const first = lines.findIndex(({ from, to }) => to > from);
  const fields = lines.slice(first + 1);
  const isBroken = fields.some((line) => !isField(section.text, line));
  if (first >= 0 && from === 'client') editRequestLine(section, lines[first]!, isBroken);
  editFields(section, fields, isBroken);
  return section.edits;
}

/** What is to be replaced in a trailer section. */
export function trailerEdits(bytes: Bytes, names: RedactedNames): Edit[] {
  const section = sectionOf(bytes, names);
  const lines = linesOf(section.text);
  editFields(
    section,
    lines,
    lines.some((line) => !isField(section.text, line)),
  );
  return section.edits;
}

/** What is to be replaced in the first bytes of what is no head: all but a start line, or as much as tells that it was to be one. */
export function brokenHeadEdits(
  from: Side,
  bytes: Bytes,
  names: RedactedNames,
): { readonly edits: Edit[]; readonly kept: number } {
  const section = sectionOf(bytes, names);
  const line = LIKE_START_LINE[from].exec(section.text)?.[0];
  if (line === undefined) return { edits: [], kept: LIKE_START[from].exec(section.text)?.[0].length ?? 0 };
  const start = line.search(/[^\r\n]/);
  if (from === 'client') editRequestLine(section, { from: start, to: line.trimEnd().length }, true);
  return { edits: section.edits, kept: line.length };
}

/** Bytes of a start line that are looked at when its head cannot be read. */
export const MOST_START_LINE = 16_384;
const LIKE_START_LINE: Readonly<Record<Side, RegExp>> = {
  client: /^[\r\n]{0,8}[A-Z][A-Z-]{0,23} [!-~]+ HTTP\/\d\.\d\r?\n/,
  server: /^HTTP\/1\.\d [1-9]\d\d[ -~]{0,80}\r?\n/,
};
/** A method and the first character of a target; or the version. */
const LIKE_START: Readonly<Record<Side, RegExp>> = {
  client: /^[\r\n]{0,8}[A-Z][A-Z-]{0,23} [!-~]/,
  server: /^HTTP\/1\./,
};

function sectionOf(bytes: Bytes, names: RedactedNames): Section {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return { text, names, edits: [] };
}

/** Lines without their ends. */
function linesOf(text: string): Span[] {
  const lines: Span[] = [];
  for (let from = 0; from < text.length; ) {
    const lineFeed = text.indexOf('\n', from);
    const end = lineFeed < 0 ? text.length : lineFeed;
    lines.push({ from, to: text[end - 1] === '\r' && end > from ? end - 1 : end });
    from = end + 1;
  }
  return lines;
}

const FIELD = /^[!#$%&'*+\-.^_`|~\w]+:[^\r\0]*$/;

/** Whether all read a line alike: a name, a colon and a value, or nothing (RFC 9112 section 5). */
function isField(text: string, { from, to }: Span): boolean {
  return from === to || FIELD.test(text.slice(from, to));
}

function editRequestLine(section: Section, { from, to }: Span, isBroken: boolean): void {
  const line = section.text.slice(from, to);
  const start = from + line.indexOf(' ') + 1;
  const end = from + Math.max(line.lastIndexOf(' '), line.indexOf(' ') + 1);
  const target = section.text.slice(start, end);
  if (target.includes(' ')) return addEdit(section.edits, start + 1, end, LETTER);
  editUrls(section, { from: start, to: end });
  if (isBroken && target.includes('?')) addEdit(section.edits, start + target.indexOf('?') + 1, end, LETTER);
}

/** Lines that can be read in two ways lose all that is not needed to find the end of the message. */
function editFields(section: Section, lines: readonly Span[], isBroken: boolean): void {
  for (const line of lines) {
    if (isBroken) editBrokenLine(section, line);
    else if (line.to > line.from) editField(section, line);
  }
}

const HARMLESS = /^[\w\-.,;:=*/+ \t"[\]()]{0,200}$/;

function editBrokenLine(section: Section, { from, to }: Span): void {
  const line = section.text.slice(from, to);
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
  if (isNeededField(name) && HARMLESS.test(line.slice(colon + 1))) return;
  for (const { 0: part, index } of line.slice(colon + 1).matchAll(/[^\r\s]+/g)) {
    const start = from + colon + 1 + index;
    addEdit(section.edits, start, start + part.length, LETTER);
  }
}

function editField(section: Section, { from, to }: Span): void {
  const colon = section.text.indexOf(':', from);
  const value = trimmed(section.text, { from: colon + 1, to });
  const name = section.text.slice(from, colon).toLowerCase();
  if (value.from === value.to || isNeededField(name)) return;
  if (name === 'sec-websocket-protocol' && !section.names.hasHeader(name)) editProtocols(section, value);
  else if (section.names.hasHeader(name)) editSecret(section, name, value);
  else editUrls(section, value);
}

function editSecret(section: Section, name: string, value: Span): void {
  switch (name) {
    case 'authorization':
    case 'proxy-authorization':
    case 'x-serverless-authorization':
      return editCredentials(section, value);
    case 'cookie':
      return editCookies(section, value);
    case 'set-cookie':
      return editSetCookie(section, value);
    case 'sec-websocket-protocol':
      return editList(section, value);
    default:
      addEdit(section.edits, value.from, value.to, LETTER);
  }
}

const SCHEME =
  /^(?:basic|bearer|digest|negotiate|ntlm|token|apikey|hawk|dpop|hoba|mutual|scram-sha-(?:1|256)|vapid|privatetoken|gnap|kerberos|oauth|aws4-hmac-sha256|signature) +/i;

/** The scheme stays, where it is one that is known (RFC 9110 section 11.4). */
function editCredentials({ text, edits }: Section, { from, to }: Span): void {
  const scheme = SCHEME.exec(text.slice(from, to))?.[0] ?? '';
  addEdit(edits, from + scheme.length, to, LETTER);
}

/** RFC 6265 section 4.2.1: names stay. */
function editCookies(section: Section, { from, to }: Span): void {
  for (const pair of split(section.text, { from, to }, ';')) editPair(section, pair);
}

const ATTRIBUTE = /^(?:path|domain|expires|max-age|secure|httponly|samesite|partitioned|priority)(?:=|$)/i;

/** RFC 6265 section 4.1.1: attributes stay. */
function editSetCookie(section: Section, span: Span): void {
  for (const [index, part] of split(section.text, span, ';').entries()) {
    const isAttribute = index > 0 && ATTRIBUTE.test(section.text.slice(part.from, part.to));
    if (!isAttribute) editPair(section, part);
  }
}

/** What has no `=`, or nothing behind it, is a value without a name. */
function editPair({ text, edits }: Section, { from, to }: Span): void {
  const equals = text.indexOf('=', from) + 1;
  addEdit(edits, equals > from && equals < to ? equals : from, to, LETTER);
}

function editList({ text, edits }: Section, value: Span): void {
  for (const { from, to } of split(text, value, ',')) addEdit(edits, from, to, LETTER);
}

/** Kubernetes takes tokens as subprotocols, since browsers send no fields of one's own with a WebSocket. */
const TOKEN_PROTOCOL = /^base64url\.bearer\.authorization\.k8s\.io\./i;

function editProtocols({ text, edits }: Section, value: Span): void {
  for (const { from, to } of split(text, value, ',')) {
    const prefix = TOKEN_PROTOCOL.exec(text.slice(from, to))?.[0];
    if (prefix !== undefined) addEdit(edits, from + prefix.length, to, LETTER);
  }
}

/** User and password of a URL (RFC 3986 section 3.2.1). */
const USER_INFO = /\/\/([^/?#\s"<>]*)@/g;

/** What URLs in a text show: user and password, and parameters by their names. */
function editUrls({ text, names, edits }: Section, { from, to }: Span): void {
  const value = text.slice(from, to);
  if (!/[@=:]/.test(value)) return;
  for (const { 1: user, index } of value.matchAll(USER_INFO)) {
    addEdit(edits, from + index + 2, from + index + 2 + user!.length, LETTER);
  }
  const found: Edit[] = [];
  new TextScanner(names).scan(Buffer.from(value, 'latin1'), found);
  for (const edit of found) edits.push({ ...edit, from: from + edit.from, to: from + edit.to });
}

/** The parts between separators, without the white space around them. */
function split(text: string, { from, to }: Span, separator: string): Span[] {
  const parts: Span[] = [];
  for (let start = from; start <= to; ) {
    const found = text.indexOf(separator, start);
    const end = found < 0 || found > to ? to : found;
    parts.push(trimmed(text, { from: start, to: end }));
    start = end + 1;
  }
  return parts;
}

function trimmed(text: string, { from, to }: Span): Span {
  let start = from;
  let end = to;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return { from: start, to: end };
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
