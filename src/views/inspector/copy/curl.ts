import { textOf } from '../../message-preview.ts';
import type { RequestToCopy } from './request.ts';
import { shellWord } from './shell-word.ts';

/** The request as a command line of curl that a POSIX shell takes. */
export function asCurl({ method, url, protocol, fields, body }: RequestToCopy): string {
  const text = body.length === 0 ? '' : textOf(body);
  const isPlain = method === (body.length === 0 ? 'GET' : 'POST');
  const parts = [
    'curl',
    ...(protocol === 'sse' ? ['-N'] : []),
    ...(isPlain ? [] : method === 'HEAD' ? ['-I'] : ['-X', shellWord(method)]),
    shellWord(url),
    ...fields.map(({ name, value }) => `-H ${shellWord(value === '' ? `${name};` : `${name}: ${value}`)}`),
    '--compressed',
    ...(text ? [`--data-binary ${shellWord(text.startsWith('@') ? ` ${text}` : text)}`] : []),
  ];
  const line = parts.join(' ');
  // What is no text cannot stand in an argument.
  return text === undefined
    ? `printf %s ${body.toString('base64')} | base64 -d | ${line} --data-binary @-`
    : line;
}
