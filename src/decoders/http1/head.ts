import type { Bytes } from '../../tap.ts';
import { asBuffer } from './blank-line-search.ts';
import { type Field, fieldValues } from './fields.ts';
import { HTTP1_LIMITS, type Http1Limits } from './limits.ts';
import { type HeadFault, isToken, quoted, SectionReader } from './section-reader.ts';

/** RFC 9112 section 3. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** '1.1' of HTTP/1.1. */
  readonly version: string;
  readonly fields: readonly Field[];
  readonly faults: readonly HeadFault[];
}

/** RFC 9112 section 4. */
export interface ResponseHead {
  /** '1.1' of HTTP/1.1; where something else stood in its place, that whole word. */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly faults: readonly HeadFault[];
}

/** Bytes which are no head, and why. */
export interface Unreadable {
  readonly unreadable: HeadFault;
}

/**
 * The request head that `bytes` is, from the start line (or blank lines before it) through the blank line.
 * 0.95 us for one of ten fields and 410 bytes. `text` is `bytes` in Latin-1, for whom has it already.
 */
export function readRequestHead(
  bytes: Bytes,
  limits: Http1Limits = HTTP1_LIMITS,
  text = latin1(bytes),
): RequestHead | Unreadable {
  const section = new SectionReader(bytes, text);
  const { text: line, offset } = section.startLine();
  const start = requestLine(line, section);
  if (typeof start === 'string') return unreadable('RFC 9112 section 3', start, offset);
  const fields = section.fields(limits.fieldLines);
  if (!fields) return tooManyFields(limits);
  if (start.version === '1.1') checkHost(fields, section);
  checkLength(fields, section);
  return {
    method: start.method,
    target: start.target,
    version: start.version,
    fields,
    faults: section.faults,
  };
}

/** The response head that `bytes` is. See `readRequestHead`. */
export function readResponseHead(
  bytes: Bytes,
  limits: Http1Limits = HTTP1_LIMITS,
  text = latin1(bytes),
): ResponseHead | Unreadable {
  const section = new SectionReader(bytes, text);
  const { text: line, offset } = section.startLine();
  const start = statusLine(line, section);
  if (typeof start === 'string') return unreadable('RFC 9112 section 4', start, offset);
  const fields = section.fields(limits.fieldLines);
  if (!fields) return tooManyFields(limits);
  checkLength(fields, section);
  return {
    version: start.version,
    status: start.status,
    reason: start.reason,
    fields,
    faults: section.faults,
  };
}

/** One character for each byte. */
export function latin1(bytes: Bytes): string {
  return asBuffer(bytes).toString('latin1');
}

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

/** What the line says, or in words why it is none. */
function requestLine(line: string, section: SectionReader): RequestLine | string {
  const methodEnd = line.indexOf(' ');
  const end = endOfText(line);
  if (end < line.length) section.fault('RFC 9112 section 3', 'white space behind the version');
  const targetEnd = line.lastIndexOf(' ', end - 1);
  const method = line.slice(0, methodEnd);
  const target = line.slice(methodEnd + 1, targetEnd);
  const version = versionOf(line.slice(targetEnd + 1, end));
  if (methodEnd <= 0 || targetEnd <= methodEnd + 1 || version === undefined || !isToken(method)) {
    return `${quoted(line)} is not a request line`;
  }
  checkTarget(target, section);
  if (!version.startsWith('1.') && !isHttp2Preface(method, target, version)) {
    section.fault('RFC 9112 section 2.3', `HTTP/${version} does not look like this`);
  }
  return { method, target, version };
}

/** RFC 9112 section 3.2: no white space. Recipients differ on where the target then ends. */
function checkTarget(target: string, section: SectionReader): void {
  for (let index = 0; index < target.length; index++) {
    const code = target.charCodeAt(index);
    if (code > 32 && code < 127) continue;
    const hasSpace = target.includes(' ') || target.includes('\t');
    section.fault('RFC 9112 section 3.2', `${quoted(target)} is not a request target`, hasSpace);
    return;
  }
}

/** RFC 9113 section 3.4. */
function isHttp2Preface(method: string, target: string, version: string): boolean {
  return method === 'PRI' && target === '*' && version === '2.0';
}

/** RFC 9112 section 3.2: exactly one, where the version is 1.1. */
function checkHost(fields: readonly Field[], section: SectionReader): void {
  const hosts = fieldValues(fields, 'host');
  if (hosts.length === 1) return;
  const isMissing = hosts.length === 0;
  section.fault(
    'RFC 9112 section 3.2',
    isMissing ? 'no Host field' : `${hosts.length} Host fields`,
    !isMissing,
    0,
  );
}

/** RFC 9110 section 8.6: one length, once. Where they differ the framing is in conflict, and says so. */
function checkLength(fields: readonly Field[], section: SectionReader): void {
  const values = fieldValues(fields, 'content-length');
  if (values.length === 0 || (values.length === 1 && !values[0]!.includes(','))) return;
  const [first, ...others] = values.flatMap((value) => value.split(/[ \t]*,[ \t]*/));
  if (others.some((other) => other !== first)) return;
  section.fault('RFC 9110 section 8.6', `Content-Length ${others.length + 1} times`, false, 0);
}

interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

/** What the line says, or in words why it is none. */
function statusLine(line: string, section: SectionReader): StatusLine | string {
  const wordEnd = line.indexOf(' ');
  let statusStart = wordEnd + 1;
  while (line.charCodeAt(statusStart) === 32) statusStart++;
  const statusEnd = statusStart + 3;
  const status = statusOf(line.slice(statusStart, statusEnd));
  const isEnded = statusEnd === line.length;
  if (wordEnd <= 0 || status === undefined || !(isEnded || line.charCodeAt(statusEnd) === 32)) {
    return `${quoted(line)} is not a status line`;
  }
  if (isEnded || statusStart > wordEnd + 1) {
    section.fault('RFC 9112 section 4', isEnded ? 'no space behind the status' : 'spaces before the status');
  }
  const version = responseVersion(line.slice(0, wordEnd), section);
  return { version, status, reason: line.slice(statusEnd + 1) };
}

function responseVersion(word: string, section: SectionReader): string {
  const version = versionOf(word);
  if (version?.startsWith('1.')) return version;
  section.fault('RFC 9112 section 2.3', `${quoted(word)} is not a version of HTTP/1`);
  return version ?? word;
}

/** RFC 9110 section 15: three digits. */
function statusOf(digits: string): number | undefined {
  return /^[1-9]\d\d$/.test(digits) ? Number(digits) : undefined;
}

/** RFC 9112 section 2.3: `HTTP/` in capitals, a digit, a point, a digit. */
function versionOf(word: string): string | undefined {
  if (word === 'HTTP/1.1') return '1.1';
  return /^HTTP\/\d\.\d$/.test(word) ? word.slice(5) : undefined;
}

function endOfText(line: string): number {
  let end = line.length;
  while (end > 0 && (line.charCodeAt(end - 1) === 32 || line.charCodeAt(end - 1) === 9)) end--;
  return end;
}

function unreadable(rule: string, detail: string, offset: number): Unreadable {
  return { unreadable: { rule, detail, offset, isAmbiguous: true } };
}

function tooManyFields(limits: Http1Limits): Unreadable {
  return unreadable('limit', `more than ${limits.fieldLines} field lines`, 0);
}
