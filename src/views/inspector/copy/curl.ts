import { textOf } from '../../message-preview.ts';
import type { RequestToCopy } from './request.ts';
import { shellWord } from './shell-word.ts';

/** Bytes of one argument that every system takes: Linux ends at 128 KiB. */
const LONGEST_ARGUMENT = 100_000;

/** What curl adds by itself, where the request had none. */
const ADDED = ['User-Agent', 'Accept', 'Content-Type'];

/** The request as a command line of curl that a POSIX shell takes. */
export function asCurl(request: RequestToCopy): string {
  const { url, protocol, fields, body, isCompressed } = request;
  const has = (name: string) => fields.some((field) => field.name.toLowerCase() === name.toLowerCase());
  const unwanted = ADDED.filter((name) => !has(name) && (name !== 'Content-Type' || body.length > 0));
  const line = [
    'curl',
    ...(protocol === 'sse' ? ['-N'] : []),
    ...methodOf(request),
    ...(/[[\]{}]/.test(url) ? ['-g'] : []),
    ...(/\/\.\.?(\/|$)/.test(url) ? ['--path-as-is'] : []),
    shellWord(url),
    ...fields.map(({ name, value }) => `-H ${shellWord(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...unwanted.map((name) => `-H ${name}:`),
    ...(isCompressed ? ['--compressed'] : []),
  ].join(' ');
  return withBody(line, body);
}

function methodOf({ method, body }: RequestToCopy): string[] {
  if (method === (body.length === 0 ? 'GET' : 'POST')) return [];
  return method === 'HEAD' && body.length === 0 ? ['-I'] : ['-X', shellWord(method)];
}

/** What is no text, or long, cannot stand in an argument. */
function withBody(line: string, body: Buffer): string {
  if (body.length === 0) return line;
  const text = textOf(body);
  return text === undefined || Buffer.byteLength(text) !== body.length || body.length > LONGEST_ARGUMENT
    ? `printf %s ${body.toString('base64')} | base64 -d | ${line} --data-binary @-`
    : `${line} --data-raw ${shellWord(text)}`;
}
