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
  return `await fetch(${JSON.stringify(url)}, ${JSON.stringify(optionsOf(request), undefined, 2)})`;
}

function optionsOf({ method, fields, body }: RequestToCopy): object {
  return {
    method,
    ...(fields.length > 0 ? { headers: fields.map(({ name, value }) => [name, value]) } : {}),
    ...(body.length > 0 ? { body: textOf(body) ?? body.toString('latin1') } : {}),
  };
}
