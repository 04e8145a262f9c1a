import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { contentOf } from '../session/content.ts';
import { ambiguousHeads } from '../testing/ambiguous-heads.ts';
import { type SharedProxy, startSharedProxy } from '../testing/shared-proxy.ts';

let proxy: SharedProxy;
beforeAll(async () => {
  proxy = await startSharedProxy();
});
afterEach(() => proxy.expectToServe());
afterAll(() => proxy[Symbol.asyncDispose]());

const KIB = 1024;
/** What an attacker would like the origin to take for a request of its own. */
const SMUGGLED = 'GET http://HOST/smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

describe.each(ambiguousHeads)(
  'a request that ends nobody knows where: $name',
  ({ fields, fault, version = '1.1' }) => {
    const rest = `${fields}\r\n\r\n${LAST_CHUNK}`;

    test('refused where the proxy must find its end, relayed in a tunnel', async () => {
      const before = proxy.origin.connections;
      await using client = proxy.dial();
      client.write(proxy.here(`POST http://HOST/ HTTP/${version}\r\nHost: HOST\r\n${rest}${SMUGGLED}`));
      expect(await client.ended()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      const [rule, detail] = fault.split(/: (.*)/s);
      expect(client.bytes.toString()).toContain(`is not sure: ${detail} (${rule}) [BAD_REQUEST]\n`);
      client.socket.end();
      const refused = await proxy.shown();
      expect(refused.connection.failure?.code).toBe('BAD_REQUEST');
      expect(refused.rows).toEqual([]);
      expect(proxy.origin.connections).toBe(before);

      const relayed = await proxy.meet({ client: `POST / HTTP/${version}\r\nHost: a\r\n${rest}` });
      expect(relayed.faults).toContain(`client ${fault}`);
    });
  },
);

const CHUNK = 'RFC 9112 section 7.1';
const LINE = 'RFC 9112 section 2.2';
const noSize = (line: string) => `${CHUNK}: ${JSON.stringify(line)} is not a chunk-size line`;

/** Bodies in chunks, of which two recipients may make different ends. */
const chunked: readonly { name: string; body: string; fault: string }[] = [
  ...['+5', '-5', ' 5', '0x5', '5h', '5,', '', ';x', '5\0', '\xbd'].map((size) => ({
    name: `size ${JSON.stringify(size)}`,
    body: `${size}\r\nhello\r\n`,
    fault: noSize(`${size}\r\n`),
  })),
  {
    name: 'white space behind the size',
    body: '5 \r\nhello\r\n',
    fault: `${CHUNK}: white space at the end of a chunk-size line`,
  },
  {
    name: 'LF behind the size',
    body: '5\nhello\r\n',
    fault: `${LINE}: a chunk-size line ends in LF without CR`,
  },
  {
    name: 'LF in an extension',
    body: '5;a\nhello\r\n',
    fault: `${LINE}: a chunk-size line ends in LF without CR`,
  },
  { name: 'CR in an extension', body: '5;a\rb\r\nhello\r\n', fault: `${LINE}: a CR that ends no line` },
  { name: 'CR behind the size', body: '5\rhello\r\n', fault: noSize('5\rhello\r\n') },
  { name: 'LF behind a chunk', body: '5\r\nhello\n', fault: `${LINE}: a chunk is followed by LF without CR` },
  {
    name: 'CR behind a chunk',
    body: '5\r\nhello\r0\r\n\r\n',
    fault: `${CHUNK}: a chunk is not followed by CRLF`,
  },
  {
    name: 'a chunk longer than its size',
    body: '4\r\nhello\r\n',
    fault: `${CHUNK}: a chunk is not followed by CRLF`,
  },
  ...['20000000000000', '10000000000000005', 'FFFFFFFFFFFFFFFB', `1${'0'.repeat(300)}`].map((size) => ({
    name: `size ${size.slice(0, 20)}`,
    body: `${size}\r\nhello\r\n`,
    fault: 'limit: a chunk of more than 2^53 - 1 bytes',
  })),
  {
    name: 'an extension without end',
    body: `5;${'x'.repeat(17 * KIB)}`,
    fault: 'limit: a chunk-size line of more than 16384 bytes',
  },
  { name: 'LF at the very end', body: '0\r\n\n', fault: `${LINE}: a line ends in LF without CR` },
  {
    name: 'a folded trailer',
    body: '0\r\nX: y\r\n z\r\n\r\n',
    fault: 'RFC 9112 section 5.2: the value of "X" goes on in a folded line',
  },
  {
    name: 'white space before the colon of a trailer',
    body: '0\r\nX : y\r\n\r\n',
    fault: 'RFC 9112 section 5.1: white space between "X" and its colon',
  },
  {
    name: 'a trailer without a colon',
    body: '0\r\nX\r\n\r\n',
    fault: 'RFC 9112 section 5: a field line without a colon: "X"',
  },
  {
    name: '10,001 trailers',
    body: `0\r\n${'X:y\r\n'.repeat(10_001)}\r\n`,
    fault: 'limit: more than 10000 trailer fields',
  },
  {
    name: 'trailers without end',
    body: `0\r\nX: ${'y'.repeat(257 * KIB)}`,
    fault: 'limit: a trailer section of more than 262144 bytes',
  },
];

test.each(chunked)('a chunked request that ends nobody knows where: $name', async ({ body, fault }) => {
  const fields = 'Transfer-Encoding: chunked\r\n\r\n';
  await using client = proxy.dial();
  client.write(proxy.here(`POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\n${fields}`));
  const server = await proxy.origin.next();
  await server.until('\r\n\r\n');
  client.write(proxy.here(`${body}${LAST_CHUNK}${SMUGGLED}`));
  expect(await server.ended()).not.toMatch(/smuggled|\n0\r\n\r\n/);
  server.socket.end();
  expect(await client.ended()).toMatch(/^HTTP\/1\.1 400 [\s\S]* where this request ends is not sure: /);
  client.socket.end();
  const { rows, faults } = await proxy.shown();
  expect(rows[0]).toMatch(/^client request: .*cut off$/);
  expect(faults).toEqual(['client RFC 9112 section 8: the stream ended inside a body']);
  const { failure } = (await proxy.shown()).connection;
  expect(failure).toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining(fault.split(': ')[0]!),
  });

  const relayed = await proxy.meet({
    client: `POST / HTTP/1.1\r\nHost: a\r\n${fields}${body}`,
    leavesFirst: 'client',
  });
  expect(relayed.faults[0]).toBe(`client ${fault}`);
});

test.each([
  {
    name: 'the same length twice',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n',
    body: '',
    faults: ['client RFC 9110 section 8.6: Content-Length 2 times'],
  },
  {
    name: 'the same length twice in a list',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n',
    body: '',
    faults: ['client RFC 9110 section 8.6: Content-Length 2 times'],
  },
  {
    name: 'a tab before chunked',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\t chunked\t\r\n\r\n',
    body: '0\r\n\r\n',
    faults: [],
  },
  {
    name: 'LF for line ends',
    head: 'GET / HTTP/1.1\nHost: a\n\n',
    body: '',
    faults: ['client RFC 9112 section 2.2: a line ends in LF without CR'],
  },
  {
    name: 'a version of HTTP to come',
    head: 'GET / HTTP/3.0\r\nHost: a\r\n\r\n',
    body: '',
    faults: ['client RFC 9112 section 2.3: HTTP/3.0 does not look like this'],
  },
  {
    name: 'trailers that come too late for what they say',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
    body: '0\r\nContent-Length: 5\r\nX: y\r\nhost: b\r\n\r\n',
    faults: [
      'client RFC 9110 section 6.5.1: "Content-Length" in a trailer section',
      'client RFC 9110 section 6.5.1: "host" in a trailer section',
    ],
  },
  {
    name: 'a chunk whose size begins with zeros',
    head: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
    body: '000000000000000000005\r\nhello\r\n0;last\r\n\r\n',
    faults: [],
  },
])('a request whose end is sure all the same: $name', async ({ head, body, faults }) => {
  await using client = proxy.dial();
  client.write(proxy.here(head.replace('/', 'http://HOST/') + body));
  const server = await proxy.origin.next();
  expect(await server.until(head.length + body.length)).toBe(head + body);
  client.socket.end();
  await server.ended();
  server.socket.end();
  await client.closed();
  expect((await proxy.shown()).faults).toEqual(faults);
});

/** Request lines: what the client is told where the proxy must read them, and what is shown of them in a tunnel. */
const requestLines: readonly { name: string; line: string; detail: string; shows: readonly string[] }[] = [
  {
    name: 'no version',
    line: 'GET http://HOST/',
    detail: 'is not a request line',
    shows: ['client undecoded 26', 'client RFC 9112 section 3: "GET http://a/" is not a request line'],
  },
  {
    name: 'a version in small letters',
    line: 'GET http://HOST/ http/1.1',
    detail: 'is not a request line',
    shows: [
      'client undecoded 35',
      'client RFC 9112 section 3: "GET http://a/ http/1.1" is not a request line',
    ],
  },
  {
    name: 'half a version',
    line: 'GET http://HOST/ HTTP/1',
    detail: 'is not a request line',
    shows: ['client undecoded 33', 'client RFC 9112 section 3: "GET http://a/ HTTP/1" is not a request line'],
  },
  {
    name: 'no target',
    line: 'GET HTTP/1.1',
    detail: 'is not a request line',
    shows: ['client undecoded 25', 'client RFC 9112 section 3: "GET HTTP/1.1" is not a request line'],
  },
  {
    name: 'a method that is no token',
    line: 'G(T http://HOST/ HTTP/1.1',
    detail: 'is not a request line',
    shows: ['client chunk: payload 35'],
  },
  {
    name: 'a tab behind the method',
    line: 'GET\thttp://HOST/ HTTP/1.1',
    detail: 'is not a request line',
    shows: ['client chunk: payload 35'],
  },
  {
    name: 'two spaces',
    line: 'GET  http://HOST/ HTTP/1.1',
    detail: 'is not a request target',
    shows: ['client chunk: payload 36'],
  },
  {
    name: 'a space in the target',
    line: 'GET http://HOST/ HTTP/1.1 HTTP/1.1',
    detail: 'is not a request target',
    shows: [
      'client request: head 44',
      'client RFC 9112 section 3.2: "http://a/ HTTP/1.1" is not a request target',
    ],
  },
  {
    name: 'NUL',
    line: 'GET http://HOST/\u0000 HTTP/1.1',
    detail: 'a NUL',
    shows: [
      'client request: head 36',
      'client RFC 9110 section 5.5: a NUL',
      'client RFC 9112 section 3.2: "http://a/\\u0000" is not a request target',
    ],
  },
  {
    name: 'bare CR',
    line: 'GET http://HOST/ HTTP/1.1\rX: y',
    detail: 'is not a request line',
    shows: [
      'client undecoded 40',
      'client RFC 9112 section 3: "GET http://a/ HTTP/1.1\\rX: y" is not a request line',
    ],
  },
];

test.each(requestLines)('a request line with $name', async ({ line, detail, shows }) => {
  const before = proxy.origin.connections;
  await using client = proxy.dial();
  client.write(proxy.here(`${line}\r\nHost: HOST\r\n\r\n${SMUGGLED}`));
  expect(await client.ended()).toMatch(/^HTTP\/1\.1 400 /);
  expect(client.text).toContain(detail);
  client.socket.end();
  expect((await proxy.shown()).connection.failure?.message).toContain(detail);
  expect(proxy.origin.connections).toBe(before);

  const { rows, faults } = await proxy.meet({ client: `${line.replace('HOST', 'a')}\r\nHost: a\r\n\r\n` });
  expect([...rows, ...faults]).toEqual(shows);
});

const OK = 'HTTP/1.1 200 OK\r\n';
const CUT = 'server RFC 9112 section 8: the stream ended inside a body';
const NO_HEAD = 'server RFC 9112 section 8: the stream ended inside a head';

interface Answer {
  readonly name: string;
  readonly method?: string;
  readonly response: string;
  /** Of the server's side: messages, then what was undecoded, then faults. */
  readonly shows: readonly string[];
}

const statusLines = [
  ...['HTTP/1.1 2000 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 099 OK', 'HTTP/1.1 OK', 'HTTP/1.1', 'HTTP/1.1200 OK'],
  ...['200 OK', 'SSH-2.0-OpenSSH_9.9', '\0\0\0', 'http/1.1 OK'],
].map((line) => ({
  name: `status line ${JSON.stringify(line)}`,
  response: `${line}\r\nContent-Length: 2\r\n\r\nok`,
  shows: [
    `server undecoded ${line.length + 25}`,
    `server RFC 9112 section 4: ${JSON.stringify(line)} is not a status line`,
  ],
}));

/** Behind so much of it, a body in chunks is cut off: framing, payload, and what nobody can tell. */
const cutChunks = [
  { body: '', read: '', left: 0 },
  { body: '2', read: '', left: 1 },
  { body: '2\r', read: '', left: 2 },
  { body: '2\r\n', read: ', framing 3', left: 0 },
  { body: '2\r\no', read: ', framing 3, payload 1', left: 0 },
  { body: '2\r\nok', read: ', framing 3, payload 2', left: 0 },
  { body: '2\r\nok\r\n', read: ', framing 5, payload 2', left: 0 },
  { body: '2\r\nok\r\n0', read: ', framing 5, payload 2', left: 1 },
  { body: '2\r\nok\r\n0\r\n', read: ', framing 8, payload 2', left: 0 },
  { body: '2\r\nok\r\n0\r\nT: 1\r\n', read: ', framing 8, payload 2', left: 6 },
].map(({ body, read, left }) => ({
  name: `chunks cut off behind ${JSON.stringify(body)}`,
  response: `${OK}Transfer-Encoding: chunked\r\n\r\n${body}`,
  shows: [`server response: head 47${read}, cut off`, ...(left > 0 ? [`server undecoded ${left}`] : []), CUT],
}));

const answers: readonly Answer[] = [
  {
    name: 'HTTP/2.0',
    response: 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    shows: [
      'server response: head 38, payload 2',
      'server RFC 9112 section 2.3: "HTTP/2.0" is not a version of HTTP/1',
    ],
  },
  {
    name: 'ICY',
    response: 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok',
    shows: [
      'server response: head 33, payload 2',
      'server RFC 9112 section 2.3: "ICY" is not a version of HTTP/1',
    ],
  },
  {
    name: 'TE and CL',
    response: `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    shows: [
      'server response: head 66, framing 10, payload 2',
      'server RFC 9112 section 6.1: both Transfer-Encoding and Content-Length',
    ],
  },
  {
    name: 'two lengths',
    response: `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`,
    shows: [
      'server response: head 57, cut off',
      'server undecoded 2',
      'server RFC 9112 section 6.3: Content-Length "2, 3" is not a length',
    ],
  },
  {
    name: 'a negative length',
    response: `${OK}Content-Length: -2\r\n\r\nok`,
    shows: [
      'server response: head 39, cut off',
      'server undecoded 2',
      'server RFC 9112 section 6.3: Content-Length "-2" is not a length',
    ],
  },
  {
    name: 'chunked and then something else',
    response: `${OK}Transfer-Encoding: chunked, identity\r\n\r\nok`,
    shows: [
      'server response: head 57, payload 2',
      'server RFC 9112 section 6.1: "identity" is not a transfer coding',
    ],
  },
  {
    name: 'a length in a 204',
    response: 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok',
    shows: [
      'server response: head 46',
      'server undecoded 2',
      'server RFC 9110 section 8.6: Content-Length in a 204 that ends with its head',
      NO_HEAD,
    ],
  },
  {
    name: 'chunked in a 204',
    response: 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    shows: [
      'server response: head 55',
      'server undecoded 5',
      'server RFC 9112 section 6.1: Transfer-Encoding in a 204 that ends with its head',
      'server RFC 9112 section 4: "0" is not a status line',
    ],
  },
  {
    name: 'a length in a 103',
    response: 'HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    shows: [
      'server response 103: head 47',
      'server response: head 27',
      'server RFC 9110 section 8.6: Content-Length in a 103 that ends with its head',
    ],
  },
  {
    name: 'a length in a 304',
    response: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n',
    shows: ['server response: head 48'],
  },
  {
    name: 'a length to HEAD',
    method: 'HEAD',
    response: `${OK}Content-Length: 2\r\n\r\n`,
    shows: ['server response: head 38'],
  },
  {
    name: 'a body to HEAD',
    method: 'HEAD',
    response: `${OK}Content-Length: 2\r\n\r\nok`,
    shows: ['server response: head 38', 'server undecoded 2', NO_HEAD],
  },
  {
    name: 'a second answer',
    response: 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    shows: [
      'server response: head 27',
      'server response: head 38, payload 2',
      'server RFC 9112 section 9.2: a response that no request asked for',
    ],
  },
  {
    name: 'more than the length',
    response: `${OK}Content-Length: 2\r\n\r\nok and more`,
    shows: ['server response: head 38, payload 2', 'server undecoded 9', NO_HEAD],
  },
  {
    name: 'more behind the last chunk',
    response: `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore`,
    shows: ['server response: head 47, framing 5', 'server undecoded 4', NO_HEAD],
  },
  {
    name: 'NUL in a field',
    response: 'HTTP/1.1 204 No Content\r\nX: \u0000\r\n\r\n',
    shows: ['server response: head 33', 'server RFC 9110 section 5.5: a NUL'],
  },
  {
    name: 'bare CR',
    response: 'HTTP/1.1 204 No Content\r\nX: y\rZ: z\r\n\r\n',
    shows: ['server response: head 38', 'server RFC 9112 section 2.2: a CR that ends no line'],
  },
  {
    name: 'a folded line',
    response: 'HTTP/1.1 204 No Content\r\nX: y\r\n z\r\n\r\n',
    shows: [
      'server response: head 37',
      'server RFC 9112 section 5.2: the value of "X" goes on in a folded line',
    ],
  },
  {
    name: 'a space before the colon',
    response: 'HTTP/1.1 204 No Content\r\nX : y\r\n\r\n',
    shows: ['server response: head 34', 'server RFC 9112 section 5.1: white space between "X" and its colon'],
  },
  {
    name: 'the length cut short',
    response: `${OK}Content-Length: 9\r\n\r\nok`,
    shows: ['server response: head 38, payload 2, cut off', CUT],
  },
];

test.each([...statusLines, ...answers, ...cutChunks])('a response with $name', async (answer: Answer) => {
  const { method = 'GET', response, shows } = answer;
  const request = `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;
  const { rows, faults } = await proxy.meet({ client: request, server: response });
  expect([...rows, ...faults]).toEqual([`client request: head ${request.length}`, ...shows]);
});

describe('to an absolute-form request', () => {
  /** A client that asks the proxy, and the origin that got the request. */
  async function asked(request: string) {
    const client = proxy.dial();
    client.write(proxy.here(request));
    const server = await proxy.origin.next();
    await server.until(proxy.here(request).length - proxy.here('http://HOST').length);
    return { client, server };
  }

  const GET = 'GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n';

  test('an answer that ends before its last chunk does so for the client', async () => {
    const { client, server } = await asked(GET);
    const response = `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`;
    server.socket.end(response);
    expect(await client.ended()).toBe(response);
    client.socket.end();
    await server.closed();
    const { rows, faults } = await proxy.shown();
    expect(rows[1]).toBe('server response: head 47, framing 5, payload 2, cut off');
    expect(faults).toEqual([CUT]);
  });

  test.each([
    { name: 'in chunks', response: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n` },
    { name: 'that its connection ends', response: `${OK}\r\nok` },
  ])('an answer $name, and reset, does not end in order for the client', async ({ response }) => {
    const { client, server } = await asked(GET);
    server.write(response);
    expect(await client.until(response.length)).toBe(response);
    server.socket.resetAndDestroy();
    expect(await client.closed()).toBe('ECONNRESET');
    const { rows, connection } = await proxy.shown();
    expect(connection.reason).toBe('server-reset');
    expect(rows[1]).toMatch(/payload 2/);
  });

  test('a request that ends before its last chunk does so for the origin', async () => {
    const { client, server } = await asked(
      'POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
    );
    client.socket.end();
    expect(await server.ended()).toMatch(/\r\n\r\n2\r\nok\r\n$/);
    server.socket.end();
    await client.closed();
    const { rows, faults } = await proxy.shown();
    expect(rows).toEqual([
      expect.stringMatching(/^client request: head \d+, framing 5, payload 2, cut off$/),
    ]);
    expect(faults).toEqual([CUT.replace('server', 'client')]);
  });

  test('what stands behind it and is no request is refused once it is answered', async () => {
    const { client, server } = await asked(
      'POST http://HOST/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\nok',
    );
    client.write('junk\r\n\r\n');
    const answer = `${OK}Content-Length: 2\r\n\r\nok`;
    server.write(answer);
    expect(await server.ended()).toMatch(/\r\n\r\nok$/);
    server.socket.end();
    expect(await client.ended()).toMatch(/\r\n\r\nokHTTP\/1\.1 400 [\s\S]*"junk" is not a request line/);
    client.socket.end();
    expect((await proxy.shown()).faults).toEqual([]);
    expect((await proxy.shown()).connection.failure?.code).toBe('BAD_REQUEST');
  });

  test.each([
    { name: 'a head of 1 MB', fields: `X: ${'y'.repeat(KIB * KIB)}\r\n`, why: 'longer than 256 KiB' },
    { name: '10,001 fields', fields: 'X:y\r\n'.repeat(10_000), why: 'more than 10000 field lines (limit)' },
  ])('$name is refused', async ({ fields, why }) => {
    const before = proxy.origin.connections;
    await using client = proxy.dial();
    client.write(proxy.here(`GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n${fields}\r\n`));
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.text).toContain(why);
    client.socket.end();
    await proxy.shown();
    expect(proxy.origin.connections).toBe(before);
  });
});

describe('in a tunnel', () => {
  const long = `X: ${'y'.repeat(KIB * KIB)}\r\n\r\n`;
  const many = (count: number) => `${'X:y\r\n'.repeat(count)}\r\n`;
  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';

  test.each([
    {
      name: 'a request head of 1 MB',
      client: GET + long,
      shows: ['client undecoded 1048608', 'client limit: a head of more than 262144 bytes'],
    },
    {
      name: 'a request of 10,001 fields',
      client: GET + many(10_000),
      shows: ['client undecoded 50027', 'client limit: more than 10000 field lines'],
    },
    { name: 'a request of 10,000 fields', client: GET + many(9_999), shows: ['client request: head 50022'] },
    {
      name: 'a response head of 1 MB',
      server: OK + long,
      shows: [
        'client request: head 27',
        'server undecoded 1048600',
        'server limit: a head of more than 262144 bytes',
      ],
    },
    {
      name: 'a response of 10,001 fields',
      server: OK + many(10_001),
      shows: [
        'client request: head 27',
        'server undecoded 50024',
        'server limit: more than 10000 field lines',
      ],
    },
    {
      name: 'a length in a 200 to CONNECT',
      client: 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
      server: `${OK}Content-Length: 2\r\n\r\nSSH-`,
      shows: [
        'client request: head 35',
        'server response: head 38',
        'server chunk: payload 4',
        'server RFC 9110 section 8.6: Content-Length in a 200 that ends with its head',
      ],
    },
  ])('$name', async ({ client = `${GET}\r\n`, server = '', shows }) => {
    const { rows, faults } = await proxy.meet({ client, server });
    expect([...rows, ...faults]).toEqual(shows);
  });

  const words = Buffer.from('not compressed, whatever the field says');
  const bomb = gzipSync(Buffer.alloc(16 * KIB * KIB));

  test.each([
    { name: 'gzip that is none', coding: 'gzip', body: words, content: words },
    { name: 'a coding nobody knows', coding: 'x-rot13', body: words, content: words },
    {
      name: 'gzip cut short',
      coding: 'gzip',
      body: gzipSync(words, { level: 0 }).subarray(0, 30),
      content: words.subarray(0, 15),
    },
    { name: 'a gzip bomb', coding: 'gzip', body: bomb, content: bomb.subarray(0, 1000) },
  ])('a content-encoding that lies: $name', async ({ coding, body, content }) => {
    const { session } = proxy.weighed;
    const head = Buffer.from(`${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`);
    const { rows, faults } = await proxy.meet({ client: `${GET}\r\n`, server: Buffer.concat([head, body]) });
    expect(rows[1]).toBe(`server response: head ${head.length}, payload ${body.length}`);
    expect(faults).toEqual([]);
    expect(contentOf(session, session.messages.length - 1, 1000)).toEqual(content);
  });
});
