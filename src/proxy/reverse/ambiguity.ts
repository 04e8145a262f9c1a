import type { IncomingMessage } from 'node:http';
import { requestBodyFraming } from '../../decoders/http1/body-framing.ts';
import { readRequestHead } from '../../decoders/http1/head.ts';
import { HTTP1_LIMITS } from '../../decoders/http1/limits.ts';
import type { ConnectionFailure } from '../../tap.ts';
import { notHttp, unsure } from '../proxy-request.ts';
import { headText } from '../refusal.ts';

/**
 * What to tell of a request that two recipients may take for two different ones: undefined where none can. The first of a
 * connection was judged before it came here. Of those behind it Node's parser lets some pass that an origin may read
 * otherwise; on a socket from the pool, that would make the next client's request a part of this one.
 */
export function ambiguity(request: IncomingMessage): ConnectionFailure | undefined {
  const { method, url, httpVersion, rawHeaders } = request;
  const text = headText(`${method} ${url} HTTP/${httpVersion}`, rawHeaders);
  const head = readRequestHead(Buffer.from(text, 'latin1'), HTTP1_LIMITS, text);
  if ('unreadable' in head) return { code: 'BAD_REQUEST', message: notHttp(head.unreadable) };
  const { conflict } = requestBodyFraming(head);
  return conflict && { code: 'BAD_REQUEST', message: unsure(conflict) };
}
