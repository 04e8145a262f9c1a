import type { IncomingMessage } from 'node:http';
import { HTTP1_LIMITS } from '../../decoders/http1/limits.ts';
import type { Client } from '../client.ts';
import { requestFields } from './fields.ts';
import { originPath, type ReverseOrigin } from './origin.ts';

/**
 * The options that http-proxy completes (it takes them as `ssl`) and hands to `http.request`. Its own fields and path stay
 * out of them: those have lost case, order and duplicates and a chunked DELETE its framing, this has been normalised.
 */
export function outgoingOptions(
  origin: ReverseOrigin,
  client: Client,
  request: IncomingMessage,
  switches: boolean,
): object {
  const { method = '', url = '', rawHeaders } = request;
  const fields = requestFields(method, rawHeaders, origin, switches);
  const path = originPath(origin, url);
  return {
    client,
    maxHeaderSize: HTTP1_LIMITS.head,
    get headers() {
      return fields;
    },
    set headers(_lowerCased) {},
    get path() {
      return path;
    },
    set path(_normalised) {},
  };
}
