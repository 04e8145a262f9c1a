import { createRequire } from 'node:module';
import { HTTPParser as JsParser } from 'http-parser-js';
import type { RequestHead, ResponseHead } from '../../../src/decoders/http1/head.ts';
import type { Http1Event } from '../../../src/decoders/http1/message-decoder.ts';
import { RequestDecoder } from '../../../src/decoders/http1/request-decoder.ts';
import { ResponseDecoder } from '../../../src/decoders/http1/response-decoder.ts';
import type { Bytes } from '../../../src/tap.ts';
import type { Contender, DecoderCase, Stream, Tally } from '../decoder-case.ts';

/** llhttp as Node's own http calls it: the one parser that Node has, but does not document. */
const { HTTPParser: NativeParser } = createRequire(import.meta.url)('node:_http_common') as {
  readonly HTTPParser: NativeParserConstructor;
};

interface NativeParserConstructor {
  new (): NativeParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

interface NativeParser {
  initialize(type: number, resource: object): void;
  execute(chunk: Buffer): number | Error;
  [callback: number]: unknown;
}

type Direction = 'request' | 'response';

const FIELDS = 10;

export const httpMessages: readonly DecoderCase[] = [
  httpCase('http requests', 'request', false),
  httpCase('http responses', 'response', false),
  httpCase('http responses, chunked', 'response', true),
  httpCase('http responses, all alike', 'response', false, () => 0),
];

/** Messages with ten fields and a body of some 80 B, each with an id of its own unless `idOf` says otherwise. */
function httpCase(
  name: string,
  direction: Direction,
  isChunked: boolean,
  idOf: (index: number) => number = (index) => index,
): DecoderCase {
  return {
    name,
    messages: 40_000,
    stream: (messages) => stream(direction, isChunked, messages, idOf),
    contenders: [
      { name: 'tare', open: (chunks) => () => ours(direction, chunks) },
      { name: 'llhttp (native)', open: (chunks) => () => native(direction, chunks) },
      { name: 'http-parser-js', open: (chunks) => () => js(direction, chunks) },
    ] satisfies readonly Contender[],
  };
}

function stream(
  direction: Direction,
  isChunked: boolean,
  messages: number,
  idOf: (index: number) => number,
): Stream {
  const wire: string[] = [];
  let payload = 0;
  for (let index = 0; index < messages; index++) {
    const id = 1_000_000 + idOf(index);
    const body = `{"id":${id},"user":"ada","text":"a short message, as a chat polls for them","at":1}`;
    const head = direction === 'request' ? requestHead(id) : responseHead(id);
    const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
    wire.push(`${head}${length}\r\n\r\n`, isChunked ? chunked(body) : body);
    payload += body.length;
  }
  return { bytes: Buffer.from(wire.join('')), tally: { messages, payload, fields: FIELDS * messages } };
}

/** All but the field that tells the body's length. */
function requestHead(id: number): string {
  return (
    `POST /rooms/general/messages/${id} HTTP/1.1\r\n` +
    'Host: chat.example.test\r\n' +
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0\r\n' +
    'Accept: application/json, text/plain, */*\r\n' +
    'Accept-Language: en-GB,en;q=0.8\r\n' +
    'Accept-Encoding: gzip, deflate, br\r\n' +
    'Content-Type: application/json\r\n' +
    `X-Request-Id: ${id}\r\n` +
    'Cookie: session=0123456789abcdef0123456789abcdef\r\n' +
    'Connection: keep-alive\r\n'
  );
}

function responseHead(id: number): string {
  return (
    'HTTP/1.1 200 OK\r\n' +
    'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n' +
    'Server: nginx/1.27.0\r\n' +
    'Content-Type: application/json; charset=utf-8\r\n' +
    'Cache-Control: no-store\r\n' +
    `ETag: "${id}"\r\n` +
    `X-Request-Id: ${id}\r\n` +
    'Vary: Accept-Encoding\r\n' +
    'Strict-Transport-Security: max-age=31536000\r\n' +
    'Connection: keep-alive\r\n'
  );
}

/** In two chunks (RFC 9112 section 7.1). */
function chunked(body: string): string {
  const halves = [body.slice(0, 40), body.slice(40)];
  return `${halves.map((half) => `${half.length.toString(16)}\r\n${half}\r\n`).join('')}0\r\n\r\n`;
}

function ours(direction: Direction, chunks: readonly Buffer[]): Tally {
  const decoder: { push(bytes: Bytes): readonly Http1Event<RequestHead | ResponseHead>[] } =
    direction === 'request' ? new RequestDecoder() : new ResponseDecoder();
  let messages = 0;
  let payload = 0;
  let fields = 0;
  for (const chunk of chunks) {
    for (const event of decoder.push(chunk)) {
      if (event.type === 'head') fields += event.head.fields.length;
      else if (event.type === 'body') payload += event.to - event.from;
      else if (event.type === 'end') messages++;
    }
  }
  return { messages, payload, fields };
}

function native(direction: Direction, chunks: readonly Buffer[]): Tally {
  let messages = 0;
  let payload = 0;
  let fields = 0;
  const parser = new NativeParser();
  parser.initialize(direction === 'request' ? NativeParser.REQUEST : NativeParser.RESPONSE, {});
  parser[NativeParser.kOnHeadersComplete] = (_major: number, _minor: number, flat: readonly string[]) => {
    fields += flat.length / 2;
  };
  parser[NativeParser.kOnBody] = (bytes: Buffer) => {
    payload += bytes.length;
  };
  parser[NativeParser.kOnMessageComplete] = () => {
    messages++;
  };
  for (const chunk of chunks) refuseError(parser.execute(chunk));
  return { messages, payload, fields };
}

function js(direction: Direction, chunks: readonly Buffer[]): Tally {
  let messages = 0;
  let payload = 0;
  let fields = 0;
  const parser = new JsParser(direction === 'request' ? JsParser.REQUEST : JsParser.RESPONSE);
  parser.onHeadersComplete = ({ headers }) => {
    fields += headers.length / 2;
  };
  parser.onBody = (_bytes, _offset, length) => {
    payload += length;
  };
  parser.onMessageComplete = () => {
    messages++;
  };
  for (const chunk of chunks) refuseError(parser.execute(chunk));
  return { messages, payload, fields };
}

function refuseError(result: number | Error): void {
  if (typeof result !== 'number') throw result;
}
