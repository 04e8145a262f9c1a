import type { RequestHead } from '../decoders/http1/head.ts';

/**
 * The bytes of an absolute-form request's head as the origin gets them: its target in origin-form (RFC 9112 section 3.2.1)
 * and without `Proxy-*` fields. All else, case, order, spaces and line ends, stays as it was sent.
 */
export function originForm(bytes: Buffer, head: RequestHead, path: string): Buffer {
  const text = bytes.toString('latin1');
  const targetAt = text.indexOf(head.target);
  const target = targetAt + head.target.length;
  const rest = PROXY_FIELD.test(text) ? withoutProxyFields(text.slice(target)) : text.slice(target);
  return Buffer.from(text.slice(0, targetAt) + path + rest, 'latin1');
}

const PROXY_FIELD = /\nproxy-/i;

/** A field line and the lines it was folded over (obs-fold). */
function withoutProxyFields(fields: string): string {
  return fields.replace(/(?<=\n)proxy-[^\n]*\n(?:[ \t][^\n]*\n)*/gi, '');
}
