import { constants, createGzip, deflateRawSync } from 'node:zlib';
import type { Side } from '../tap.ts';
import { websocketFrame } from './websocket-frame.ts';

/** What one side says at once. */
export interface Said {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

export function client(...parts: readonly (string | Uint8Array)[]): Said {
  return { from: 'client', bytes: joined(parts) };
}

export function server(...parts: readonly (string | Uint8Array)[]): Said {
  return { from: 'server', bytes: joined(parts) };
}

/** Strings are Latin-1, and their line ends CR LF. */
function joined(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part.replaceAll('\n', '\r\n'), 'latin1') : part,
    ),
  );
}

/** A chunk of a chunked body (RFC 9112 section 7.1). */
export function chunk(body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

const LAST_CHUNK = '0\n\n';

/** A poll, a posted message, a HEAD, pipelined; lengths, chunks with an extension and trailers, no bodies. */
export const http: readonly Said[] = [
  client('GET /inbox HTTP/1.1\nHost: chat.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  client('POST /inbox HTTP/1.1\nHost: chat.example\nTransfer-Encoding: chunked\n\n5;x=1\nHello\n0\nT: 1\n\n'),
  server('HTTP/1.1 103 Early Hints\nLink: </a>\n\n'),
  server('HTTP/1.1 201 Created\nTransfer-Encoding: chunked\n\n', chunk('made'), LAST_CHUNK),
  client('HEAD / HTTP/1.1\nHost: chat.example\n\nGET /nothing HTTP/1.1\nHost: chat.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Length: 999\n\nHTTP/1.1 304 Not Modified\n\n'),
];

const UPGRADE = 'GET /socket HTTP/1.1\nHost: chat.example\nUpgrade: websocket\nConnection: Upgrade\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n';
const KEY = [1, 2, 3, 4] as const;

/** A WebSocket whose first frames come in the packets of its handshake, both ways; a ping between two fragments. */
export const webSocket: readonly Said[] = [
  client(`${UPGRADE}\n`, websocketFrame({ opcode: 1, payload: 'early', key: KEY })),
  server(`${SWITCHING}\n`, websocketFrame({ opcode: 1, payload: 'welcome' })),
  client(websocketFrame({ opcode: 2, payload: 'one ', fin: false, key: KEY })),
  client(
    websocketFrame({ opcode: 9, payload: 'alive?', key: KEY }),
    websocketFrame({ opcode: 0, payload: 'two', key: KEY }),
  ),
  server(websocketFrame({ opcode: 10, payload: 'alive?' })),
  client(websocketFrame({ opcode: 8, payload: Buffer.from('\x03\xe8bye', 'latin1'), key: KEY })),
  server(websocketFrame({ opcode: 8, payload: Buffer.from('\x03\xe8', 'latin1') })),
];

/** RFC 7692 section 7.2.1: without the four bytes that every sync flush ends with. */
function deflated(text: string): Buffer {
  const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - 4);
}

/** The same with permessage-deflate. */
export const deflatedWebSocket: readonly Said[] = [
  client(`${UPGRADE}Sec-WebSocket-Extensions: permessage-deflate\n\n`),
  server(`${SWITCHING}Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\n\n`),
  server(websocketFrame({ opcode: 1, rsv: 4, payload: deflated('hello hello hello') })),
  client(websocketFrame({ opcode: 1, rsv: 4, payload: deflated('and hello again'), key: KEY })),
];

const EVENT_STREAM = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream; charset=utf-8\n';
const REQUEST = 'GET /events HTTP/1.1\nHost: chat.example\n\n';

/** An event stream that ends in order, on a connection which another request follows on. */
export const eventStream: readonly Said[] = [
  client(REQUEST),
  server(`${EVENT_STREAM}Transfer-Encoding: chunked\n\n`, chunk('retry: 500\n\n: hi\n')),
  server(chunk('event: joined\ndata: Ada\n\ndata: on'), chunk('e\ndata: two\n\n')),
  server(LAST_CHUNK),
  client('GET /after HTTP/1.1\nHost: chat.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
];

/** Its events compressed, each flushed when it is sent; ends with the connection. */
export async function gzippedEventStream(): Promise<readonly Said[]> {
  const pieces = await gzippedPieces(['data: one one one\n\n', ': c\nevent: e\ndata: two\n\n']);
  return [
    client(REQUEST),
    server(`${EVENT_STREAM}Content-Encoding: gzip\nTransfer-Encoding: chunked\n\n`),
    ...pieces.map((piece) => server(chunk(piece))),
  ];
}

/** What a compressor gives for each text when it is flushed behind it. */
async function gzippedPieces(texts: readonly string[]): Promise<Buffer[]> {
  const gzip = createGzip();
  const pieces: Buffer[] = [];
  for (const text of texts) {
    const parts: Buffer[] = [];
    const keep = (part: Buffer) => parts.push(part);
    gzip.on('data', keep);
    gzip.write(text);
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    gzip.off('data', keep);
    pieces.push(Buffer.concat(parts));
  }
  gzip.destroy();
  return pieces;
}
