/** The head of an event stream that is sent in chunks. */
export const STREAM_HEAD: Buffer = Buffer.from(
  'HTTP/1.1 200 OK\r\n' +
    'Content-Type: text/event-stream\r\n' +
    'Cache-Control: no-cache\r\n' +
    'Transfer-Encoding: chunked\r\n' +
    'Connection: keep-alive\r\n\r\n',
);

/** One event of 100 B with its blank line. */
export const EVENT = `${'id: 4711\nevent: tick\ndata: {"price":101.25,"text":"'.padEnd(96, 'x')}"}\n\n`;

/** `EVENT` as servers write it, a chunk of its own (RFC 9112 section 7.1). */
export const EVENT_CHUNK: Buffer = Buffer.from(`${EVENT.length.toString(16)}\r\n${EVENT}\r\n`);

/** The end of the chunked body. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
