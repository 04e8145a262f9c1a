import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Stack } from '../../decoders/stack.ts';
import type { Side, TapEvent, TapSink } from '../../tap.ts';
import { client, deflatedWebSocket, type Said, server } from '../../testing/conversations.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { websocketFrame } from '../../testing/websocket-frame.ts';
import { redaction } from './redaction.ts';

/** Ways to send a secret. None of them is to be seen in what comes out. */
type Way = (secret: string, cut: number) => readonly Said[];

const answer = server('HTTP/1.1 200 OK\nContent-Length: 0\n\n');
const asked = client('GET / HTTP/1.1\nHost: a\n\n');

function fields(lines: string): readonly Said[] {
  return [client(`GET / HTTP/1.1\nHost: a\n${lines}\n\n`), answer];
}

function target(text: string): readonly Said[] {
  return [client(`GET ${text} HTTP/1.1\nHost: a\n\n`), answer];
}

function said(from: Side, head: string, body: Uint8Array): Said {
  const bytes = Buffer.concat([Buffer.from(head.replaceAll('\n', '\r\n'), 'latin1'), body]);
  return { from, bytes };
}

function posted(type: string, body: string | Uint8Array, more = ''): readonly Said[] {
  const bytes = Buffer.from(body as string);
  return [
    said(
      'client',
      `POST / HTTP/1.1\nHost: a\nContent-Type: ${type}\n${more}Content-Length: ${bytes.length}\n\n`,
      bytes,
    ),
    answer,
  ];
}

/** A body in chunks, the first of which ends somewhere. */
function chunked(type: string, text: string, cut: number, more = ''): readonly Said[] {
  const body = Buffer.from(text);
  const parts = cutAt(body, [cut, cut * 7]).filter(({ length }) => length > 0);
  const chunks = parts.map((part) =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
  );
  const head = `HTTP/1.1 200 OK\nContent-Type: ${type}\n${more}Transfer-Encoding: chunked\n\n`;
  return [asked, said('server', head, Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]))];
}

/** A text in three frames with a ping between them. */
function frames(from: Side, opcode: number, text: string, cut: number): readonly Said[] {
  const key = from === 'client' ? [9, 200, 3, 77] : undefined;
  const [first, ...rest] = cutAt(Buffer.from(text), [cut, cut * 3]);
  const ping = websocketFrame({ opcode: 9, payload: Buffer.from('p'), key });
  const bytes = [
    websocketFrame({ opcode, fin: false, payload: first!, key }),
    ping,
    ...rest.map((payload, index) =>
      websocketFrame({ opcode: 0, fin: index === rest.length - 1, payload, key }),
    ),
  ];
  return [...deflatedWebSocket.slice(0, 2), { from, bytes: Buffer.concat(bytes) }];
}

const text = JSON.stringify;

const ways: readonly { readonly name: string; readonly way: Way }[] = [
  { name: 'bearer', way: (secret) => fields(`Authorization: Bearer ${secret}`) },
  { name: 'no scheme', way: (secret) => fields(`authorization:${secret}  `) },
  { name: 'odd scheme', way: (secret) => fields(`AUTHORIZATION: ${secret} ${secret}`) },
  { name: 'proxy', way: (secret) => fields(`Proxy-Authorization: Basic ${secret}`) },
  { name: 'cookies', way: (secret) => fields(`Cookie: a=${secret}; b="${secret}" ;${secret};c=`) },
  {
    name: 'set-cookie',
    way: (secret) => [
      asked,
      server(`HTTP/1.1 204 x\nSet-Cookie: sid=${secret}; Path=/; Other=${secret}; HttpOnly\n\n`),
    ],
  },
  { name: 'key', way: (secret) => fields(`X-API-Key:\t${secret}\t`) },
  { name: 'a folded line', way: (secret) => fields(`X-Api-Key: a\n ${secret}`) },
  { name: 'a CR within', way: (secret) => fields(`X-A: a\rCookie: ${secret}`) },
  { name: 'a space before the colon', way: (secret) => fields(`Cookie : a=${secret}`) },
  { name: 'no colon', way: (secret) => fields(`Cookie a=${secret}`) },
  {
    name: 'bare LF',
    way: (secret) => [
      client(`GET / HTTP/1.1\nHost: a\n`),
      { from: 'client', bytes: Buffer.from(`Cookie: x=${secret}\n\n`) },
      answer,
    ],
  },
  {
    name: 'a trailer',
    way: (secret) => [
      asked,
      server(
        `HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nSet-Cookie: a=${secret}\nX-Auth-Token: ${secret}\n\n`,
      ),
    ],
  },
  { name: 'query', way: (secret) => target(`/a?x=1&access_token=${secret}&y=2`) },
  { name: 'query in capitals', way: (secret) => target(`/a?API%5FKEY=${secret}#f`) },
  {
    name: 'absolute form',
    way: (secret) => target(`http://u:${encodeURIComponent(secret)}@a/b?token=${secret}`),
  },
  { name: 'a target with spaces', way: (secret) => target(`/a b?token=a ${secret}`) },
  {
    name: 'Referer',
    way: (secret) => fields(`Referer: https://${encodeURIComponent(secret)}@a/?code=${secret}`),
  },
  {
    name: 'Location',
    way: (secret) => [asked, server(`HTTP/1.1 204 x\nLocation: /cb#id_token=${secret}&a\n\n`)],
  },
  {
    name: 'a subprotocol',
    way: (secret) => fields(`Sec-WebSocket-Protocol: a, base64url.bearer.authorization.k8s.io.${secret}, b`),
  },
  { name: 'no request', way: (secret) => [client(`GET /a?token=${secret} HTTP/x\nCookie: ${secret}\n\n`)] },
  {
    name: 'a head without end',
    way: (secret) => [client(`GET /a?token=${secret} HTTP/1.1\nCookie: a=${secret}`)],
  },
  { name: 'no status line', way: (secret) => [asked, server(`HTTP/1.1 20 OK\nSet-Cookie: a=${secret}\n\n`)] },
  {
    name: 'no chunk',
    way: (secret) => [
      asked,
      server(`HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\n{"token":"${secret}"}\n`),
    ],
  },
  {
    name: 'JSON',
    way: (secret) => posted('application/json', text({ a: [{ accessToken: secret, b: 'c' }] })),
  },
  {
    name: 'JSON, spaced',
    way: (secret) => posted('application/json', `{"a":1,\n "password" \t:\n  ${text(secret)}\n}`),
  },
  {
    name: 'JSON in JSON',
    way: (secret) =>
      posted('application/json', text({ a: text({ 'refresh-token': secret, b: text({ secret }) }) })),
  },
  {
    name: 'an object',
    way: (secret) =>
      posted('text/plain', text({ credentials: { user: secret, [secret]: [secret, { a: secret }] }, z: 1 })),
  },
  {
    name: 'escapes in the name',
    way: (secret) => posted('application/json', `{"pass\\u0077ord":${text(secret)}}`),
  },
  {
    name: 'quotes in the value',
    way: (secret) => posted('application/json', text({ token: `"\\${secret}"\n${secret}\\` })),
  },
  {
    name: 'in chunks',
    way: (secret, cut) => chunked('application/json', text({ id: 1, token: secret, x: '' }), cut),
  },
  {
    name: 'a form',
    way: (secret) =>
      posted(
        'application/x-www-form-urlencoded',
        `password=${encodeURIComponent(secret)}&user%5Bpwd%5D=${encodeURIComponent(secret)}`,
      ),
  },
  {
    name: 'a URL in JSON',
    way: (secret) =>
      posted(
        'application/json',
        text({ url: `https://a/?a=1&sig=${encodeURIComponent(secret)}` }).replaceAll('&', '\\u0026'),
      ),
  },
  {
    name: 'gzip',
    way: (secret) =>
      posted('application/json', gzipSync(text({ a: secret }), { level: 0 }), 'Content-Encoding: gzip\n'),
  },
  {
    name: 'gzip that is none',
    way: (secret) => posted('application/json', text({ a: secret }), 'Content-Encoding: gzip\n'),
  },
  {
    name: 'codings',
    way: (secret) =>
      posted(
        'text/plain',
        gzipSync(gzipSync(secret, { level: 0 }), { level: 0 }),
        'Content-Encoding: gzip, gzip\n',
      ),
  },
  {
    name: 'zlib that is not told of',
    way: (secret) => posted('application/octet-stream', deflateSync(secret, { level: 0 })),
  },
  {
    name: 'cut off gzip',
    way: (secret) => [
      asked,
      said(
        'server',
        'HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 9999\n\n',
        gzipSync(secret, { level: 0 }),
      ),
    ],
  },
  {
    name: 'events',
    way: (secret, cut) =>
      chunked(
        'text/event-stream; charset=utf-8',
        `event: a\ndata: {"token":\ndata: ${text(secret)}}\n\ndata:{"secret":${text(secret)}\n\n: ?token=${encodeURIComponent(secret)}\n`,
        cut,
      ),
  },
  { name: 'text', way: (secret, cut) => frames('server', 1, text({ token: secret }), cut) },
  {
    name: 'masked text',
    way: (secret, cut) =>
      frames('client', 1, `42["login",${text({ password: secret, x: { apiKey: secret } })}]`, cut),
  },
  { name: 'binary', way: (secret, cut) => frames('client', 2, `\0\x01${text({ password: secret })}`, cut) },
  { name: 'a reserved opcode', way: (secret, cut) => frames('server', 5, secret, cut) },
  { name: 'a continuation of nothing', way: (secret, cut) => frames('server', 0, secret, cut) },
  {
    name: 'a close',
    way: (secret) => [
      ...deflatedWebSocket.slice(0, 2),
      {
        from: 'server',
        bytes: websocketFrame({
          opcode: 8,
          payload: Buffer.from(`\x03\xe8?token=${encodeURIComponent(secret)}`, 'latin1'),
        }),
      },
    ],
  },
  { name: 'raw TCP', way: (secret) => [client(`\0\0hello ${secret}`), server(secret)] },
  { name: 'HTTP/2', way: (secret) => [client(`PRI * HTTP/2.0\n\nSM\n\n\0\0\0${secret}`), server(secret)] },
  {
    name: 'TLS',
    way: (secret) => [client(`\x16\x03\x01\0\x02ab\x17\x03\x03\0\x40${secret}`), server(secret)],
  },
  { name: 'SOCKS', way: (secret) => [client(`\x05\x01${secret}`)] },
];

/** What a sink is told that `redact` makes. */
function told(redact: (sink: TapSink) => TapSink, said: readonly Said[], ends: boolean): TapEvent[] {
  const events: TapEvent[] = [];
  const script = new TapScript(redact((event) => events.push(event))).open().say(...said);
  if (ends) script.end('client', 'server');
  script.close(ends ? 'ended' : 'client-gone');
  return events;
}

/** All that can be read in what came out: bytes as they are, and what the decoders make of them. */
function legible(events: readonly TapEvent[]): string[] {
  const stack = new Stack({ alpn: undefined });
  const read = { client: '', server: '' };
  const raw = { client: '', server: '' };
  for (const event of events) {
    if (event.type !== 'bytes') continue;
    raw[event.from] += latin1(event.bytes);
    for (const told of stack.push(event.from, event.bytes)) {
      if ('bytes' in told && 'from' in told) read[told.from] += latin1(told.bytes);
      if (told.type === 'message' && told.content) read[told.from] += latin1(told.content);
    }
  }
  return [raw.client, raw.server, read.client, read.server];
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

const secret = fc
  .oneof(fc.stringMatching(/^[A-Za-z0-9_.~-]{10,30}$/), fc.stringMatching(/^[A-Za-z0-9+/]{20,40}={0,2}$/))
  .filter((text) => !/^(.)\1*$/.test(text));

describe.each(ways)('in $name', ({ way }) => {
  test('it would be seen', () => {
    expect(legible(told((sink) => sink, way('a-secret', 0), false)).join()).toContain('a-secret');
  });

  test('no secret is left, however it is cut', () => {
    fc.assert(
      fc.property(secret, fc.nat(), cuts, fc.boolean(), (secret, cut, places, ends) => {
        const said = way(secret, cut).flatMap(({ from, bytes }) =>
          cutAt(bytes, places).map((bytes) => ({ from, bytes })),
        );
        const events = told(redaction(), said, ends);
        for (const text of legible(events)) expect(text).not.toContain(secret);
        expect(events.filter(({ type }) => type === 'bytes')).toHaveLength(said.length);
      }),
      { numRuns: 8 },
    );
  });
});
