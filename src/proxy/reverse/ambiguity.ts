import type { IncomingMessage } from 'node:http';
import { requestBodyFraming } from '../../decoders/http1/body-framing.ts';
import { readRequestHead } from '../../decoders/http1/head.ts';
import { HTTP1_LIMITS } from '../../decoders/http1/limits.ts';
import type { ConnectionFailure } from '../../tap.ts';
import { unsure } from '../proxy-request.ts';
import { headText } from '../refusal.ts';

/**
 * What to tell of a request that two recipients may understand as two different ones: undefined where none can. The first of a
 * connection was judged before it came here; Node's parser, which reads those behind it, lets some pass that an origin may
 * take otherwise, and would then read the request of another client, on the same pooled socket, as a part of it.
 */
export function ambiguity({
  method,
  url,
  httpVersion,
  rawHeaders,
}: IncomingMessage): ConnectionFailure | undefined {
  const text = headText(`${method} ${url} HTTP/${httpVersion}`, rawHeaders);
  const head = readRequestHead(Buffer.from(text, 'latin1'), HTTP1_LIMITS, text);
  if ('unreadable' in head) return { code: 'BAD_REQUEST', message: unsure(head.unreadable) };
  const { conflict } = requestBodyFraming(head);
  return conflict && { code: 'BAD_REQUEST', message: unsure(conflict) };
}
