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
  UPSTREAM_NOT_HTTP: 502,
  CLIENT_TLS_FAILED: 400,
  CLIENT_CERTIFICATE_REFUSED: 400,
  CLIENT_GONE: 499,
  CLIENT_TIMEOUT: 408,
  BAD_REQUEST: 400,
  LOOP: 508,
};

/** A client that cannot be served, and what it wanted. */
export interface Refused {
  readonly client: Client;
  readonly mode: ConnectionMode;
  readonly server: Endpoint | undefined;
  /** What TLS asked the server for by name, where that is known. */
  readonly serverName?: string | undefined;
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
  stream.end(refusalResponse(refused.failure, head?.method, head && fieldValue(head.fields, 'accept')));
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

function giveUp(
  source: TapSource,
  stream: Socket,
  { client, mode, server, serverName, failure }: Refused,
): void {
  stream.on('error', () => {});
  stream.on('end', () => stream.destroySoon()).resume(); // an unread byte would turn our answer into a reset
  const timer = setTimeout(() => client.socket.destroy(), LINGER_MS);
  whenClosed(client.socket, () => {
    clearTimeout(timer);
    const proxy = client.claimRest();
    const clientAddress = client.address;
    source.fail({ mode, client: client.number, clientAddress, server, failure, proxy }, serverName);
  });
}

/** An answer of tare's own. */
export interface RefusalAnswer {
  readonly status: number;
  readonly reason: string;
  /** Names and values by turns. */
  readonly fields: readonly string[];
  readonly body: string;
}

/** The reason in words, HTML where `accept` asks for it. */
export function refusalAnswer({ code, message }: ConnectionFailure, accept = ''): RefusalAnswer {
  const status = STATUSES[code];
  const isHtml = accept.includes('text/html');
  const body = isHtml ? page(status, code, message) : `tare: ${message} [${code}]\n`;
  const fields = [
    ...['Content-Type', `text/${isHtml ? 'html' : 'plain'}; charset=utf-8`],
    ...['Content-Length', String(Buffer.byteLength(body))],
    ...['Cache-Control', 'no-store'],
  ];
  return { status, reason: STATUS_CODES[status] ?? 'Error', fields, body };
}

/** The same as it is written to a connection that then closes. */
export function refusalResponse(failure: ConnectionFailure, method?: string, accept?: string): string {
  const { status, reason, fields, body } = refusalAnswer(failure, accept);
  const head = headText(`HTTP/1.1 ${status} ${reason}`, [...fields, 'Connection', 'close']);
  return head + (method === 'HEAD' ? '' : body);
}

/** A head of a start line and fields, which are names and values by turns. */
export function headText(startLine: string, fields: readonly string[]): string {
  let text = `${startLine}\r\n`;
  for (let at = 0; at < fields.length; at += 2) text += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${text}\r\n`;
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
