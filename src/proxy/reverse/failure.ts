import type { IncomingMessage } from 'node:http';
import type { ConnectionFailure } from '../../tap.ts';
import { wantsCertificate } from '../tls-opening.ts';
import { at, errorCode, UpstreamError } from '../upstream.ts';
import type { ReverseOrigin } from './origin.ts';

/** What to tell of a request that the origin did not answer. */
export function originFailure({ server }: ReverseOrigin, error: unknown): ConnectionFailure {
  if (error instanceof UpstreamError) return error.failure;
  if (wantsCertificate(error)) {
    const message = `${at(server)} wants a certificate of the client: show it one with --client-cert ${server.host}=FILE`;
    return { code: 'UPSTREAM_TLS_FAILED', message };
  }
  const code = errorCode(error);
  const told = error instanceof Error ? error.message : String(error);
  if (code.startsWith('HPE_') || code.startsWith('ERR_')) {
    const message = `${at(server)} answered with what is no HTTP/1.1 that could be passed on: ${told}`;
    return { code: 'UPSTREAM_NOT_HTTP', message };
  }
  return { code: 'UPSTREAM_RESET', message: `${at(server)} hung up before it answered (${told})` };
}

/** What to tell of a request that names an origin itself: undefined where it does not. */
export function misdirection({ method, url = '' }: IncomingMessage): ConnectionFailure | undefined {
  if (url.startsWith('/') || url === '*') return undefined;
  const message = `${method} ${url} came over a connection whose requests are reversed; ask for other origins over another one`;
  return { code: 'BAD_REQUEST', message };
}

/** What to tell of a request that was sent on a connection from the pool as the origin closed it. */
export function staleFailure({ server }: ReverseOrigin, method: string): ConnectionFailure {
  return {
    code: 'UPSTREAM_RESET',
    message: `${at(server)} closed a connection that it had kept open as this ${method} was sent on it; whether it was served nobody can tell, so it was not sent twice`,
  };
}
