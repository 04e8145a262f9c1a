import type { Field } from './fields.ts';
import type { ToldRequest, ToldResponse } from './told-entry.ts';

/** RFC 9112 section 3. */
export function requestHead({ method, target, protocol }: ToldRequest, fields: readonly Field[]): Buffer {
  return head(`${method} ${target} ${versionOf(protocol)}`, fields);
}

/** RFC 9112 section 4. */
export function responseHead({ status, reason, protocol }: ToldResponse, fields: readonly Field[]): Buffer {
  return head(`${versionOf(protocol)} ${status} ${reason}`, fields);
}

/** HTTP/2 and 3 are written as HTTP/1.1. */
export function isOlder(protocol: string): boolean {
  return /^http\/1\.\d$/i.test(protocol);
}

function versionOf(protocol: string): string {
  return isOlder(protocol) ? protocol.toUpperCase() : 'HTTP/1.1';
}

function head(startLine: string, fields: readonly Field[]): Buffer {
  const lines = fields.map(({ name, value }) => `${name}: ${latin1(value)}\r\n`);
  return Buffer.from(`${latin1(startLine)}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** A character for each byte: what is more than Latin-1 was UTF-8. */
function latin1(text: string): string {
  return /^[\0-\xff]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}
