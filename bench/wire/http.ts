/** A request as a script sends it, about 280 B; `target` is absolute-form or origin-form (RFC 9112 section 3.2). */
export function requestFor(target: string, authority: string): Buffer {
  return Buffer.from(
    `GET ${target} HTTP/1.1\r\n` +
      `Host: ${authority}\r\n` +
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0\r\n' +
      'Accept: application/json, text/plain, */*\r\n' +
      'Accept-Language: en-GB,en;q=0.8\r\n' +
      'Accept-Encoding: gzip, deflate, br\r\n' +
      'Cookie: session=0123456789abcdef0123456789abcdef\r\n' +
      'Connection: keep-alive\r\n\r\n',
  );
}

/** What a client asks of a proxy before anything else in a tunnel (RFC 9110 section 9.3.6). */
export function connectFor(authority: string): Buffer {
  return Buffer.from(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
}

const BODY = JSON.stringify({
  id: 4711,
  user: 'ada',
  text: 'a short message, as a chat polls for them',
  at: 1,
});

/** The origin's answer to `/answer`: a small JSON body of known length. */
export const ANSWER: Buffer = Buffer.from(
  'HTTP/1.1 200 OK\r\n' +
    'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n' +
    'Content-Type: application/json; charset=utf-8\r\n' +
    `Content-Length: ${Buffer.byteLength(BODY)}\r\n` +
    'Cache-Control: no-store\r\n' +
    'Connection: keep-alive\r\n\r\n' +
    BODY,
);
