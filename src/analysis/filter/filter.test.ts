import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import { FACTS, TapScript } from '../../testing/tap-script.ts';
import { type Filter, isProblem, parseFilter } from './filter.ts';
import { KEYS } from './keys.ts';
import { quoted, writtenTerms } from './written-term.ts';

function filterOf(text: string): Filter {
  const filter = parseFilter(text);
  if (isProblem(filter)) throw new Error(filter.problem);
  return filter;
}

const said = (from: 'client' | 'server', text: string, coding: BufferEncoding = 'utf8') => ({
  from,
  bytes: Buffer.from(text, coding),
});

/** Exchange 1 is a POST, 2 a WebSocket, 3 TLS that is not opened, 4 goes on. */
function trafficked(): Session {
  const session = new Session();
  new TapScript(session.take, 1)
    .open()
    .say(
      said(
        'client',
        'POST /api/rooms?x=1 HTTP/1.1\r\nHost: chat.example\r\nContent-Length: 13\r\nCookie: a=Blue\r\n\r\n{"room":"Ünï"}'.replace(
          '13',
          '16',
        ),
      ),
      said('server', 'HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nWAIT'),
    )
    .end('client', 'server')
    .close();
  new TapScript(session.take, 2)
    .open()
    .say(
      said(
        'client',
        'GET /socket HTTP/1.1\r\nHost: live.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
      said(
        'server',
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      ),
      said('server', '81054a6f696e64', 'hex'),
      said('server', '8900', 'hex'),
      said('server', '880203ee', 'hex'),
    )
    .end('client', 'server')
    .close();
  new TapScript(session.take, 3)
    .open({ server: { host: 'secret.example', port: 443 } })
    .say(said('server', 'SSH-2.0-x\r\n'))
    .end('client', 'server')
    .close();
  new TapScript(session.take, 4)
    .open()
    .say(said('client', 'GET /open HTTP/1.1\r\nHost: chat.example\r\n\r\n'));
  session.take({
    type: 'failed',
    connection: 5,
    at: 9,
    mode: 'connect',
    client: 5,
    clientAddress: FACTS.clientAddress,
    server: { host: 'down.example', port: 80 },
    failure: { code: 'UPSTREAM_REFUSED', message: 'could not reach down.example: refused' },
    proxy: { client: 0, server: 0 },
  });
  return session;
}

/** Numbers of the exchanges that are shown, and F for the failure. */
function shown(session: Session, filter: Filter): string {
  const withMessage = new Set<number>();
  for (let number = 0; number < session.messages.length; number++) {
    const row = session.messages.row(number);
    if (filter.fitsMessage(session, number, row)) withMessage.add(row.exchange);
  }
  const exchanges = [...session.exchanges].filter(
    (exchange) =>
      filter.fitsExchange(session, exchange) &&
      (!filter.hasMessageTerms ||
        withMessage.has(exchange.number) ||
        (exchange.messages === 0 && filter.fitsWithoutMessages(session, exchange))),
  );
  const failures = [...session.connections.values()].filter(
    (connection) => connection.failure && filter.fitsFailure(connection),
  );
  return [...exchanges.map(({ number }) => number), ...failures.map(() => 'F')].join('');
}

describe('what is shown', () => {
  const session = trafficked();

  test.each([
    ['', '1234F'],
    ['host:CHAT', '14'],
    ['host:down', 'F'],
    ['-host:example:', '124'],
    ['proto:ws', '2'],
    ['proto:h1,ws', '124'],
    ['proto:tcp', '3'],
    ['proto:poll', ''],
    ['path:/api', '1'],
    ['path:?x=', '1'],
    ['url:example/open', '4'],
    ['method:post', '1'],
    ['status:5xx', '1'],
    ['status:101,503', '12'],
    ['status:>=400', '1'],
    ['-status:5xx', '234F'],
    ['header:cookie', '1'],
    ['header:cookie=blue', '1'],
    ['header:cookie="a=Blue"', '1'],
    ['header:cookie=red', ''],
    ['type:json', '1'],
    ['conn:2..3', '23'],
    ['conn:5', 'F'],
    ['exchange:1,4', '14'],
    ['messages:>4', '2'],
    ['total:>1G', ''],
    ['duration:>=1ms', '123'],
    ['duration:>1h', ''],
    ['state:open', '4'],
    ['state:closed', '123F'],
    ['failed', 'F'],
    ['from:server', '123'],
    ['kind:ping', '2'],
    ['opcode:ping', '2'],
    ['opcode:ping from:client', ''],
    ['-kind:request,response', '23F'],
    ['size:2', '2'],
    ['size:>1k', ''],
    ['overhead:100%', '24'],
    ['overhead:0', '3'],
    ['code:1006', '2'],
    ['code:1000', ''],
    ['text:joint', ''],
    ['text:join', '2'],
    ['text:wait', '1'],
    ['text:ünÏ', '1'],
    ['text:\'"room":\'', '1'],
    ['text:refused', 'F'],
    ['chat', '14'],
    ['"joint"', ''],
    ['room', '1'],
    ['secret', '3'],
    ['refused', 'F'],
    ['-example', ''],
    ['live opcode:text', '2'],
  ])('%s', (text, numbers) => {
    expect(shown(session, filterOf(text))).toBe(numbers);
  });

  test('each key has an example that can be read', () => {
    for (const { example } of KEYS.values()) expect(isProblem(parseFilter(example))).toBe(false);
  });
});

test.each([
  ['hos:x', 'there is no key hos; did you mean host:?', 0, 4],
  ['a zz:x', 'to search for it, put it in quotes: "zz:x"', 2, 3],
  ['-', '- excludes the term right behind it', 0, 1],
  ['host:', 'host: needs a value behind it: host:chat', 0, 5],
  ['-host:', 'host: needs a value', 1, 5],
  ['""', 'there is nothing in the quotes', 0, 2],
  ['a text:"b', 'the " that closes is missing', 7, 2],
  ['"a"b', 'a space is missing behind the quotes', 3, 1],
  ['proto:htp', 'write ws, sse, poll', 6, 3],
  ['opcode:pin', 'text, binary, ping, pong or close', 7, 3],
  ['size:big', 'an amount: size:>1k', 5, 3],
  ['size:9..1', 'an amount', 5, 4],
  ['overhead:120%', 'overhead:>50%', 9, 4],
  ['status:6', 'status:5xx', 7, 1],
  ['duration:1s', 'longer or shorter', 9, 2],
])('%s is told as wrong where it is', (text, words, at, length) => {
  const problem = parseFilter(text);
  expect(problem).toMatchObject({ at, length });
  expect(isProblem(problem) && problem.problem).toContain(words);
});

const anyText = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom('host:', '-', '"', "'", ' ', '\\', 'size:', '>', '1k', '..', 'header:a=', 'é', ','),
    )
    .map((parts) => parts.join('')),
);

test('any text is a filter, or has a problem whose place is in it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const read = parseFilter(text);
      if (!isProblem(read)) {
        expect(read.text).toBe(text);
        return;
      }
      expect(read.at).toBeGreaterThanOrEqual(0);
      expect(read.length).toBeGreaterThan(0);
      expect(read.at + read.length).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('what is in quotes is read as it was', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '-', 'text:', '-header:x='), (text, before) => {
      const terms = writtenTerms(`${before}${quoted(text)} b`);
      expect(isProblem(terms) ? terms : terms.map(({ value }) => value)).toEqual([
        before.includes('x=') ? `x=${text}` : text,
        'b',
      ]);
    }),
  );
});

test('all of a long payload is searched, over the borders of its slices', () => {
  const session = new Session();
  const body = Buffer.alloc(300_000, 'x');
  body.write('needle', 65_533);
  body.write('ünd', 131_071);
  new TapScript(session.take)
    .open()
    .say(said('client', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`), {
      from: 'client',
      bytes: body,
    });
  const finds = (text: string) => filterOf(text).fitsMessage(session, 0, session.messages.row(0));
  expect(['text:NEEDLE', 'text:ÜND', 'text:needles'].map(finds)).toEqual([true, true, false]);
});
