import type { IncomingMessage, OutgoingMessage, ServerResponse } from 'node:http';
import { endsWithConnection } from './answer-end.ts';
import { responseFields } from './fields.ts';
import type { ReverseOrigin } from './origin.ts';
import type { RawFields } from './raw-fields.ts';

/**
 * Writes the head of the origin's response to the client, and sees to trailers; http-proxy, which finds it written, moves
 * the body. `isLast` when the client's connection ends with it, as it does too where nothing else could end the body.
 * Throws why this is an answer that cannot be passed on.
 */
export function answerClient(
  origin: ReverseOrigin,
  answer: IncomingMessage,
  response: ServerResponse<IncomingMessage>,
  isLast: boolean,
): void {
  const { headers, httpVersion: clientVersion } = response.req;
  const endsBody = endsWithConnection(origin, answer, response.req);
  if (isLast || endsBody) response.shouldKeepAlive = false;
  const stays = response.shouldKeepAlive;
  // To HTTP/1.1 that goes without saying, and without tare it would not be said.
  if (stays && clientVersion !== '1.0') response.removeHeader('connection');
  const connection = stays ? 'stays' : 'ends';
  const keepsChunks = clientVersion !== '1.0';
  const context = { clientHost: headers.host, keepsChunks, connection } as const;
  const fields = responseFields(answer.rawHeaders, origin, context);
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? '', fields);
  answer.once('end', () => addTrailers(response, answer.rawTrailers));
  flushSoon(response);
}

/**
 * Sends a head for which Node would wait for the body, as an event stream may be silent for long. Not at once: a body that
 * came with the head leaves with it.
 */
export function flushSoon(message: OutgoingMessage): void {
  setImmediate(() => {
    if (!message.writableEnded && !message.destroyed) message.flushHeaders();
  });
}

/** Adds the trailers that came with one message to another that is about to end; without chunks it has no place for them. */
export function addTrailers(message: OutgoingMessage, trailers: RawFields): void {
  const pairs: [string, string][] = [];
  for (let at = 0; at < trailers.length; at += 2) pairs.push([trailers[at]!, trailers[at + 1]!]);
  if (pairs.length > 0) message.addTrailers(pairs);
}
