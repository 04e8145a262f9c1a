import { textOf } from '../../message-preview.ts';
import type { RequestToCopy } from './request.ts';

/** The request as JavaScript: `fetch`, or for a stream of its own `EventSource` or `WebSocket`. */
export function asFetch(request: RequestToCopy): string {
  const { url, protocol, subprotocols, method } = request;
  if (protocol === 'websocket') {
    const offered = subprotocols.length > 0 ? `, ${JSON.stringify(subprotocols)}` : '';
    return `new WebSocket(${JSON.stringify(url)}${offered})`;
  }
  if (protocol === 'sse' && method === 'GET') return `new EventSource(${JSON.stringify(url)})`;
  return `await fetch(${JSON.stringify(url)}, {\n${membersOf(request).join(',\n')}\n})`;
}

function membersOf({ method, fields, body }: RequestToCopy): string[] {
  const headers = fields.map(({ name, value }) => `    ${JSON.stringify([name, latin1(value)])}`);
  return [
    `  method: ${JSON.stringify(method)}`,
    ...(headers.length > 0 ? [`  headers: [\n${headers.join(',\n')}\n  ]`] : []),
    ...(body.length > 0 ? [`  body: ${bodyOf(body)}`] : []),
  ];
}

/** What is no text is made of its bytes: a string would be sent as UTF-8. */
function bodyOf(body: Buffer): string {
  const text = textOf(body);
  if (text !== undefined && Buffer.byteLength(text) === body.length) return JSON.stringify(text);
  return `Uint8Array.from(atob("${body.toString('base64')}"), (character) => character.charCodeAt(0))`;
}

/** `fetch` takes a character for each byte of a field. */
function latin1(value: string): string {
  return Buffer.from(value).toString('latin1');
}
