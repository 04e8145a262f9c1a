import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { fieldValue } from '../decoders/http1/fields.ts';
import { type RequestHead, readRequestHead } from '../decoders/http1/head.ts';
import type { ConnectionFailure, ConnectionMode, Endpoint, FailureCode } from '../tap.ts';
import type { Client } from './client.ts';
import { whenClosed } from './connection.ts';
import { HeadReader } from './head-reader.ts';
import type { TapSource } from './tap-source.ts';

/** How long a client that was refused may take to read why, in milliseconds. */
const LINGER_MS = 2_000;

const STATUSES: Readonly<Record<FailureCode, number>> = {
  DNS_FAILED: 502,
  UPSTREAM_REFUSED: 502,
  UPSTREAM_UNREACHABLE: 502,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_RESET: 502,
  UPSTREAM_TLS_FAILED: 502,
  UPSTREAM_CERTIFICATE_REFUSED: 502,
  CLIENT_TLS_FAILED: 400,
  CLIENT_CERTIFICATE_REFUSED: 400,
  CLIENT_GONE: 499,
  BAD_REQUEST: 400,
  LOOP: 508,
};

/** A client that cannot be served, and what it wanted. */
export interface Refused {
  readonly client: Client;
  readonly mode: ConnectionMode;
  readonly server: Endpoint | undefined;
  readonly failure: ConnectionFailure;
}

/**
 * Answers `stream` (the client's socket, or the TLS opened on it) with the reason in words, HTML where the request's head
 * asks for it, and closes it. The tap is told once the client's socket has closed, when all its bytes are known.
 */
export function refuse(
  source: TapSource,
  stream: Socket,
  head: RequestHead | undefined,
  refused: Refused,
): void {
  stream.end(refusalResponse(refused.failure, head));
  giveUp(source, stream, refused);
}

/** Refuses the first request that comes on `stream`; drops it when none comes soon. */
export function refuseFirstRequest(source: TapSource, stream: Socket, refused: Refused): void {
  const heads = new HeadReader();
  const take = (bytes: Buffer) => {
    const read = heads.read(bytes);
    if (read === 'more') return;
    release();
    const head = read === 'too-long' ? undefined : readRequestHead(read.head);
    refuse(source, stream, head && 'unreadable' in head ? undefined : head, refused);
  };
  const left = () => {
    release();
    drop(source, stream, refused);
  };
  const timer = setTimeout(left, LINGER_MS);
  const release = () => {
    clearTimeout(timer);
    stream.off('data', take).off('end', left).off('close', left);
  };
  stream.on('data', take).on('end', left).on('close', left);
}

/** Closes without an answer, where the client could not read one. */
export function drop(source: TapSource, stream: Socket, refused: Refused): void {
  stream.end();
  giveUp(source, stream, refused);
}

function giveUp(source: TapSource, stream: Socket, { client, mode, server, failure }: Refused): void {
  stream.on('error', () => {});
  stream.on('end', () => stream.destroySoon()).resume(); // an unread byte would turn our answer into a reset
  const timer = setTimeout(() => client.socket.destroy(), LINGER_MS);
  whenClosed(client.socket, () => {
    clearTimeout(timer);
    source.fail({
      mode,
      client: client.number,
      clientAddress: client.address,
      server,
      failure,
      proxy: client.claimRest(),
    });
  });
}

function refusalResponse({ code, message }: ConnectionFailure, head: RequestHead | undefined): string {
  const status = STATUSES[code];
  const html = head !== undefined && (fieldValue(head.fields, 'accept') ?? '').includes('text/html');
  const body = html ? page(status, code, message) : `tare: ${message} [${code}]\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    `Content-Type: text/${html ? 'html' : 'plain'}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    head?.method === 'HEAD' ? '' : body,
  ].join('\r\n');
}

function page(status: number, code: FailureCode, message: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${status} · tare</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:40rem;padding:0 1rem}code{color:#777}</style>
<h1>${status} ${STATUS_CODES[status] ?? ''}</h1>
<p>tare could not serve this request: ${escaped(message)}</p>
<p><code>${code}</code></p>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
