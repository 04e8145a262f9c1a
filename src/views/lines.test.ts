import { describe, expect, test } from 'vitest';
import { Stack } from '../decoders/stack.ts';
import { Session } from '../session/session.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { styledLines, textOf } from '../testing/shown-lines.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { displayWidth } from './display-width.ts';

/** What is shown of a connection, without the time of day. */
function shown(said: readonly Said[], columns = 120, end: (script: TapScript) => void = close): string[] {
  const session = new Session();
  const lines = styledLines(session, columns);
  const script = new TapScript(session.take).open().say(...said);
  end(script);
  return lines.map((line) =>
    textOf(line)
      .replace(/^\d\d:\d\d:\d\d\.\d{3} /, '')
      .trimEnd(),
  );
}

function close(script: TapScript): void {
  script.end('client', 'server').close();
}

describe('messages', () => {
  test('HTTP, an interim response among it', () => {
    expect(shown(http)).toEqual([
      '   #1 h1  ▲ GET            43 =   43 +    0  chat.example/inbox',
      '   #1 h1  ▼ 200            43 =   38 +    5  hello',
      '   #2 h1  ▲ POST           97 =   92 +    5  chat.example/inbox Hello',
      '   #2 h1  ▼ 103            40 =   40 +    0  interim, the response follows',
      '   #2 h1  ▼ 201            66 =   62 +    4  made',
      '   #3 h1  ▲ HEAD           39 =   39 +    0  chat.example/',
      '   #4 h1  ▲ GET            45 =   45 +    0  chat.example/nothing',
      '   #3 h1  ▼ 200            40 =   40 +    0',
      '   #4 h1  ▼ 304            29 =   29 +    0',
    ]);
  });

  test('WebSocket', () => {
    expect(shown(webSocket)).toEqual([
      '   #1 h1  ▲ GET            85 =   85 +    0  chat.example/socket',
      '   #1 h1  ▼ 101            77 =   77 +    0  Switching Protocols',
      '   #1 ws  ▲ text           11 =    6 +    5  early',
      '   #1 ws  ▼ text            9 =    2 +    7  welcome',
      '   #1 ws  ▲ ping           12 =   12 +    0  alive?',
      '   #1 ws  ▲ binary         19 =   12 +    7  one two',
      '   #1 ws  ▼ pong            8 =    8 +    0  alive?',
      '   #1 ws  ▲ close          11 =   11 +    0  1000 bye',
      '   #1 ws  ▼ close           4 =    4 +    0  1000',
      '   #1 ws  ■ 9 msgs        236 =  217 +   19  end of chat.example/socket',
    ]);
  });

  test('WebSocket with permessage-deflate: bytes as carried, text as content', () => {
    const [, , , last] = shown(deflatedWebSocket);
    expect(last).toMatch(/▲ text +\d+ = +6 \+ +\d+ {2}and hello again$/);
  });

  test('an event stream', () => {
    expect(shown(eventStream)).toEqual([
      '   #1 h1  ▲ GET            44 =   44 +    0  chat.example/events',
      '   #1 sse ▼ 200            95 =   95 +    0  text/event-stream',
      '   #1 sse ▼ retry          16 =   16 +    0  500',
      '   #1 sse ▼ :               5 =    5 +    0  hi',
      '   #1 sse ▼ joined         31 =   22 +    9  Ada',
      '   #1 sse ▼ message        26 =   20 +    6  one two',
      '   #1 sse ■ 6 msgs        224 =  209 +   15  end of chat.example/events',
      '   #2 h1  ▲ GET            43 =   43 +    0  chat.example/after',
      '   #2 h1  ▼ 200            40 =   38 +    2  ok',
    ]);
  });

  test('raw TCP, binary', () => {
    expect(shown([server('\0\x01\xff'), client('who?')])).toEqual([
      '   #1 tcp ▼ chunk           3 =    0 +    3  00 01 ff',
      '   #1 tcp ▲ chunk           4 =    0 +    4  who?',
      '   #1 tcp ■ 2 msgs          7 =    0 +    7  end of chat.example:80',
    ]);
  });

  test('cut off', () => {
    const lines = shown(
      [client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhell')],
      120,
      (script) => script.close('client-gone'),
    );
    expect(lines[1]).toBe('   #1 h1  ▼ 200            42 =   38 +    4  (cut off) hell');
  });

  test('what has no decoder says so when it begins, and what it came to when it ends', () => {
    expect(shown([client('\x16\x03\x01\0\x05hello')])).toEqual([
      '   #1 tls □ chat.example:80 speaks TLS, which is not opened: its bytes are counted',
      '   #1 tls ■ 0 msgs          0 =    0 +    0  10 undecoded end of chat.example:80',
    ]);
  });

  test('TLS is with the host that its client asks for', () => {
    const hello = { from: 'client', bytes: helloRecord('pay.example.com', ['h2', 'http/1.1']) } as const;
    const [first] = shown([hello], 200);
    expect(first).toBe(
      '   #1 tls □ pay.example.com:80 (h2,http/1.1) speaks TLS, which is not opened: its bytes are counted',
    );
    const [hostile] = shown([{ ...hello, bytes: helloRecord('a\x1b[2J', ['\x07']) }], 200);
    expect(hostile).not.toMatch(/[\x07\x1b]/);
  });

  test('of a message with a hole how much is missing', () => {
    const lines = shown([], 120, (script) =>
      close(
        script
          .say(client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhel'))
          .lose('server', 4)
          .say(server('lo')),
      ),
    );
    expect(lines).toContain('   #1 h1  ▼ 200            47 =   38 +    9  (4 missing) hello');
    expect(lines[1]).toContain('▼ ! 4 bytes are missing in the capture (capture, at byte 41)');
  });
});

describe('colours mean classes', () => {
  function tones(said: readonly Said[], index: number): string[] {
    const session = new Session();
    const lines = styledLines(session, 120);
    new TapScript(session.take).open().say(...said);
    return lines[index]!.filter(({ text }) => /\d|▲|▼/.test(text)).map(
      ({ text, tone }) => `${tone} ${text.trim()}`,
    );
  }

  test.each([
    {
      name: 'head',
      said: http,
      index: 1,
      shown: ['server ▼', 'strong 200', 'plain 43', 'head 38', 'payload 5'],
    },
    { name: 'framing', said: webSocket, index: 2, shown: ['client ▲', 'plain 11', 'framing 6', 'payload 5'] },
    { name: 'control', said: webSocket, index: 4, shown: ['client ▲', 'plain 12', 'control 12', 'dim 0'] },
  ])('$name', ({ said, index, shown: expected }) => {
    expect(tones(said, index).slice(1)).toEqual(expected);
  });

  test('undecoded', () => {
    const session = new Session();
    const lines = styledLines(session, 120);
    new TapScript(session.take).open().say(client('\x16\x03\x01\0\x05hello')).end('client', 'server');
    expect(lines.at(-1)).toContainEqual({ text: '10 undecoded ', tone: 'undecoded' });
  });
});

describe('what is wrong', () => {
  test('faults, with what was wrong, the rule and the place', () => {
    const bad = shown([client('GET / HTTP/1.1\nHost: a\nContent-Length: x\n\n')]);
    expect(bad.find((line) => line.includes('!'))).toMatch(
      /^ {3}#1 h1 {2}▲ ! .+ \(RFC 9\d{3} section .+, at byte \d+\)$/,
    );
  });

  test('a connection that never came to be', () => {
    const session = new Session();
    const lines = styledLines(session, 80);
    const failure = { code: 'DNS_FAILED', message: `no such host ${'x'.repeat(100)}\x1b[2J\n` } as const;
    session.take({
      type: 'failed',
      connection: 1,
      at: 5,
      ...FACTS,
      failure,
      proxy: { client: 0, server: 0 },
    });
    expect(textOf(lines[0]!)).toMatch(/ ! no such host x{100}·\[2J {2}\[DNS_FAILED\]$/); // never cut: it tells what to do
  });

  test.each([
    { reason: 'client-refused', words: /probably refuses our certificate; .+ --passthrough chat\.example$/ },
    { reason: 'certificate-required', words: /chat\.example wants .+ --client-cert chat\.example=FILE$/ },
    { reason: 'server-reset', words: /! the server reset the connection to chat\.example$/ },
    { reason: 'client-reset', words: /! the client reset the connection to chat\.example$/ },
  ] as const)('a connection that ended with $reason', ({ reason, words }) => {
    expect(shown([], 120, (script) => script.close(reason))).toEqual([expect.stringMatching(words)]);
  });

  test.each(['ended', 'client-gone', 'server-gone', 'stopped'] as const)(
    'nothing is wrong with %s',
    (reason) => {
      expect(shown([], 120, (script) => script.close(reason))).toEqual([]);
    },
  );

  test('a request that is not answered', () => {
    const asked = client('GET /slow HTTP/1.1\nHost: chat.example\n\n');
    expect(shown([asked], 120, (script) => script.close('server-gone'))).toEqual([
      '   #1 h1  ▲ GET            42 =   42 +    0  chat.example/slow',
      '   #1 h1  ■ no answer to GET chat.example/slow',
    ]);
  });

  test('decoding that stopped by a mistake of ours', () => {
    const session = new Session();
    const lines = styledLines(session, 80);
    const script = new TapScript(session.take).open();
    const push = Stack.prototype.push;
    Stack.prototype.push = () => {
      throw new Error('unforeseen');
    };
    script.say(client('x'));
    Stack.prototype.push = push;
    expect(textOf(lines[0]!)).toMatch(
      /! decoding of connection 1 stopped: unforeseen; its bytes are counted on$/,
    );
  });
});

describe('whatever the width', () => {
  const hostile = [
    client(
      `GET /${'long/'.repeat(60)}end HTTP/1.1\nHost: chat.example\nContent-Length: 300\n\n`,
      Buffer.from('李雷'.repeat(50)),
    ),
    server(
      'HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 300\n\n',
      Buffer.from('👍李e\u0301'.repeat(30)),
    ),
    server(`HTTP/1.1 200 \x1b[31m\nTransfer-Encoding: chunked\n\n`),
  ];

  test.each([40, 79, 80, 81, 99, 100, 120, 160, 200])('%d columns hold a line', (columns) => {
    for (const said of [hostile, http, webSocket, eventStream]) {
      const session = new Session();
      const lines = styledLines(session, columns);
      new TapScript(session.take)
        .open()
        .say(...said)
        .end('client', 'server')
        .close();
      for (const line of lines) {
        expect(displayWidth(textOf(line.filter(({ tone }) => tone !== 'fault')))).toBeLessThanOrEqual(
          columns,
        );
        expect(textOf(line)).not.toMatch(/\p{Cc}/u);
      }
    }
  });

  test('80 columns show the end of the path and how the body begins', () => {
    const [request, response] = shown(hostile, 80);
    expect(request).toMatch(/ {2}chat\.….*\/end 李雷/);
    expect(response).toMatch(/ json 👍李/);
  });
});
