import { afterEach, describe, expect, test, vi } from 'vitest';
import { Stack } from '../decoders/stack.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  gzippedEventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { contentOf } from './content.ts';
import { addWeight, emptyWeight, gross } from './ledger.ts';
import type { MessageRow } from './message-table.ts';
import { Session, type SessionChange } from './session.ts';

const gzipped = await gzippedEventStream();

afterEach(() => {
  vi.restoreAllMocks();
});

function played(said: readonly Said[]): Session {
  const session = new Session();
  new TapScript(session.take)
    .open()
    .say(...said)
    .end('client', 'server')
    .close();
  return session;
}

function rows(session: Session): MessageRow[] {
  return Array.from({ length: session.messages.length }, (_, number) => session.messages.row(number));
}

/** A row in words: who, what, bytes by class, content. */
function told(session: Session): string[] {
  return rows(session).map(
    ({ from, kind, name, head, framing, control, payload, complete, exchange }, number) => {
      const content = contentOf(session, number, 1000)?.toString('latin1');
      const bytes = `${head}/${framing}/${control}/${payload}`;
      return `#${exchange} ${from} ${[kind, name].filter(Boolean).join(' ')} ${bytes} ${JSON.stringify(content)}${complete ? '' : ' cut off'}`;
    },
  );
}

test('a fault quotes no more of a peer than a line of it', () => {
  const session = new Session();
  const accept = 'x'.repeat(200_000);
  new TapScript(session.take)
    .open()
    .say(client('GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nSec-WebSocket-Key: a\n\n'))
    .say(server(`HTTP/1.1 101 Switching\nUpgrade: websocket\nSec-WebSocket-Accept: ${accept}\n\n`));
  expect(session.faults[0]!.detail).toHaveLength(1001);
});

describe('message rows equal what came', () => {
  test('HTTP', () => {
    expect(told(played(http))).toEqual([
      '#1 client request 43/0/0/0 ""',
      '#1 server response 38/0/0/5 "hello"',
      '#2 client request 78/14/0/5 "Hello"',
      '#2 server response 103 40/0/0/0 ""',
      '#2 server response 52/10/0/4 "made"',
      '#3 client request 39/0/0/0 ""',
      '#4 client request 45/0/0/0 ""',
      '#3 server response 40/0/0/0 ""',
      '#4 server response 29/0/0/0 ""',
    ]);
  });

  test('WebSocket', () => {
    expect(told(played(webSocket)).slice(2)).toEqual([
      '#1 client text 0/6/0/5 "early"',
      '#1 server text 0/2/0/7 "welcome"',
      '#1 client binary 0/12/0/7 "one two"',
      '#1 client ping 0/0/12/0 "alive?"',
      '#1 server pong 0/0/8/0 "alive?"',
      '#1 client close 1000 bye 0/0/11/0 "\\u0003èbye"',
      '#1 server close 1000 0/0/4/0 "\\u0003è"',
    ]);
  });

  test('WebSocket with permessage-deflate: content beside the payload', () => {
    const session = played(deflatedWebSocket);
    const texts = rows(session).filter(({ kind }) => kind === 'text');
    expect(texts.map(({ framing }) => framing)).toEqual([2, 6]);
    expect(contentOf(session, session.messages.length - 1, 9)?.toString()).toBe('and hello');
  });

  test('an event stream', () => {
    expect(told(played(eventStream))).toEqual([
      '#1 client request 44/0/0/0 ""',
      '#1 server response 95/0/0/0 ""',
      '#1 server comment retry 0/5/11/0 "500"',
      '#1 server comment 0/0/5/0 " hi"',
      '#1 server event joined 0/22/0/9 "Ada"',
      '#1 server event message 0/20/0/6 "one\\ntwo"',
      '#2 client request 43/0/0/0 ""',
      '#2 server response 38/0/0/2 "ok"',
    ]);
  });

  test('a compressed event stream: all payload on the wire, its syntax in the content', () => {
    const session = played(gzipped);
    const events = rows(session).slice(2);
    expect(
      told(session)
        .slice(2)
        .map((row) => row.replace(/ \d\S+/, '')),
    ).toEqual(['#1 server event message "one one one"', '#1 server comment " c"', '#1 server event e "two"']);
    expect(events.every(({ head, control }) => head + control === 0)).toBe(true);
    expect(session.faultCount).toBe(0);
  });
});

describe.each([
  { name: 'HTTP', said: http },
  { name: 'WebSocket', said: webSocket },
  { name: 'WebSocket, deflated', said: deflatedWebSocket },
  { name: 'SSE', said: eventStream },
  { name: 'SSE, compressed', said: gzipped },
  { name: 'TCP', said: [server('hello'), client('who?')] },
  { name: 'TLS', said: [client('\x16\x03\x01\0\x05hello')] },
  { name: 'broken HTTP', said: [client('GET / HTTP/1.1\nContent-Length: x\n\nabc'), server('HTTP/1.1 200')] },
])('$name', ({ said }) => {
  const session = played(said);

  test('the ledger of a connection is what its exchanges and it itself have', () => {
    const connection = session.connections.get(1)!;
    for (const from of ['client', 'server'] as const) {
      const sum = emptyWeight();
      addWeight(sum, connection.own[from]);
      for (const { ledger } of session.exchanges) addWeight(sum, ledger[from]);
      expect(connection.ledger[from]).toEqual(sum);
    }
  });

  test('and balances', () => {
    expect(session.audit()).toEqual({ balanced: 1, cutOff: 0, imbalances: [] });
  });

  test('everything is closed', () => {
    expect([...session.exchanges].every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  });
});

test('what closed without ends is ended: a server that vanished is at fault, a client is not', () => {
  const said = [client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhell')];
  const faults = (reason: 'server-reset' | 'client-gone') => {
    const session = new Session();
    new TapScript(session.take)
      .open()
      .say(...said)
      .close(reason);
    expect(rows(session).at(-1)).toMatchObject({ kind: 'response', payload: 4, complete: false });
    expect(session.exchanges.get(1)).toMatchObject({ closedAt: 4_000_000, faults: session.faultCount });
    return session.faults.map(({ rule }) => rule);
  };
  expect(faults('server-reset')).toEqual(['RFC 9112 section 8']);
  expect(faults('client-gone')).toEqual([]);
});

test('changes are told in their order', () => {
  const session = new Session();
  const types: string[] = [];
  const unwatch = session.watch(({ type }) => types.push(type));
  const script = new TapScript(session.take).open().say(...http.slice(0, 2));
  unwatch();
  script.close();
  expect(types).toEqual(['connection-opened', 'exchange-opened', 'message', 'message', 'exchange-closed']);
});

test('an attempt that failed is a connection without bytes', () => {
  const session = new Session();
  const changes: SessionChange[] = [];
  session.watch((change) => changes.push(change));
  const failure = { code: 'DNS_FAILED', message: 'no such host' } as const;
  session.take({ type: 'failed', connection: 1, at: 5, ...FACTS, failure, proxy: { client: 9, server: 9 } });
  expect(session.connections.get(1)).toMatchObject({ failure, openedAt: 5, closedAt: 5 });
  expect(changes.map(({ type }) => type)).toEqual(['connection-failed']);
  expect(session.audit()).toEqual({ balanced: 0, cutOff: 0, imbalances: [] });
});

test('faults belong to their exchange', () => {
  const session = played([client('GET / HTTP/1.1\nHost: a\n bent\n\n'), server('HTTP/1.1 204 No\n\n')]);
  expect(session.faults).toMatchObject([{ connection: 1, exchange: 1, from: 'client' }]);
  expect(session.exchanges.get(1)!.faults).toBe(1);
});

test('a stream that is taken up again names the one before', () => {
  const session = new Session();
  const request = (more: string) => client(`GET /events HTTP/1.1\nHost: a\n${more}\n`);
  const response = server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\nid: 7\ndata: x\n\n');
  new TapScript(session.take, 1).open().say(request(''), response).end('server', 'client').close();
  new TapScript(session.take, 2).open().say(request('Last-Event-ID: 7\n'), response).end('server').close();
  expect([...session.exchanges].map(({ resumes }) => resumes)).toEqual([undefined, 1]);
});

describe('inspection fails open', () => {
  /** The third push, which is the last but one, ends in a mistake of ours. */
  function broken(): { session: Session; changes: SessionChange[]; script: TapScript } {
    const session = new Session();
    const changes: SessionChange[] = [];
    session.watch((change) => changes.push(change));
    const push = Stack.prototype.push;
    let pushes = 0;
    vi.spyOn(Stack.prototype, 'push').mockImplementation(function (this: Stack, from, bytes) {
      if (++pushes === 3) throw new Error('a mistake of ours');
      return push.call(this, from, bytes);
    });
    const script = new TapScript(session.take).open();
    return { session, changes, script };
  }

  const said = [
    client('GET / HTTP/1.1\nHost: a\n\nGET /half'),
    server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhell'),
    server('o wo'),
    server('r'),
  ];

  test('every byte is counted on, those that waited and those of the failing push too', () => {
    const { session, script } = broken();
    script
      .say(...said)
      .end('client', 'server')
      .close();
    const { ledger, inspectionStopped } = session.connections.get(1)!;
    expect(inspectionStopped).toBe('a mistake of ours');
    expect(ledger.client).toEqual({ ...emptyWeight(), head: 27, undecoded: 9 });
    expect(ledger.server).toEqual({ ...emptyWeight(), head: 38, payload: 4, undecoded: 5 });
    expect(session.audit()).toEqual({ balanced: 1, cutOff: 0, imbalances: [] });
  });

  test('it is told, once, and what was open is closed', () => {
    const { session, changes, script } = broken();
    script.say(...said).close();
    const types = changes.map(({ type }) => type);
    expect(types.filter((type) => type === 'inspection-stopped')).toHaveLength(1);
    expect(types.slice(-2)).toEqual(['exchange-closed', 'connection-closed']);
    expect([...session.exchanges].every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  });

  test('where the end goes wrong', () => {
    const session = new Session();
    vi.spyOn(Stack.prototype, 'end').mockImplementation(() => {
      throw new Error('a mistake of ours');
    });
    new TapScript(session.take).open().say(client('GET / HT')).close('client-gone');
    expect(session.connections.get(1)).toMatchObject({ reason: 'client-gone', closedAt: 3_000_000 });
    expect(gross(session.connections.get(1)!.ledger.client)).toBe(8);
    expect(session.audit().imbalances).toEqual([]);
  });

  test('a view that throws harms neither the books nor the other views', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const session = new Session();
    const seen: string[] = [];
    session.watch(() => {
      throw new Error('unpaintable');
    });
    session.watch(({ type }) => seen.push(type));
    new TapScript(session.take)
      .open()
      .say(...http)
      .end('client', 'server')
      .close();
    expect(seen.filter((type) => type === 'message')).toHaveLength(9);
    expect(session.connections.get(1)!.inspectionStopped).toBeUndefined();
    expect(session.audit().imbalances).toEqual([]);
    expect(warned).toHaveBeenCalledOnce();
  });
});

test('events keep the id that their client knows after them', () => {
  const session = played([
    client('GET / HTTP/1.1\nHost: a\n\n'),
    server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n'),
    server(
      'data: none\n\nid: 7\ndata: 7\n\ndata: still 7\n\nid: b-1\ndata: b\n\nid\ndata: none\n\nid: 9\ndata: cut',
    ),
  ]);
  const ids = rows(session).map(({ kind, id, head, complete }) => ({ kind, id, head, complete }));
  expect(ids.slice(2)).toEqual(
    ['', '7', '7', 'b-1', '', '9'].map((id) => ({ kind: 'event', id, head: 0, complete: id !== '9' })),
  );
  expect(ids.slice(0, 2).map(({ id }) => id)).toEqual(['', '']);
});

describe('TLS that is not opened', () => {
  const hello = helloRecord('pay.example.com', ['h2', 'http/1.1']);

  test('has what its client asked for, when it opens and ever after', () => {
    const session = new Session();
    const opened: unknown[] = [];
    session.watch((change) => {
      if (change.type === 'exchange-opened')
        opened.push(change.exchange.clientHello, session.hostOf(change.exchange));
    });
    const server443 = { host: '192.0.2.7', port: 443 };
    const script = new TapScript(session.take).open({ server: server443 });
    script.say({ from: 'client', bytes: hello }, server('\x16\x03\x03')).end('client', 'server').close();
    const clientHello = { serverName: 'pay.example.com', alpn: ['h2', 'http/1.1'] };
    expect(opened).toEqual([clientHello, 'pay.example.com']);
    expect(session.exchanges.get(1)).toMatchObject({ protocol: 'tls', clientHello, request: undefined });
    expect(session.unopenedHosts()).toEqual([
      { host: 'pay.example.com', exchanges: 1, gross: hello.length + 3, alpn: ['h2', 'http/1.1'] },
    ]);
    expect(session.audit()).toMatchObject({ balanced: 1, imbalances: [] });
  });

  test('inside a tunnel belongs to the exchange that asked for it', () => {
    const session = played([
      client('CONNECT pay.example.com:8443 HTTP/1.1\nHost: pay.example.com:8443\n\n'),
      server('HTTP/1.1 200 OK\n\n'),
      { from: 'client', bytes: hello.subarray(0, 40) },
      { from: 'client', bytes: hello.subarray(40) },
    ]);
    const [exchange, ...more] = session.exchanges;
    expect(exchange).toMatchObject({ protocol: 'tls', clientHello: { serverName: 'pay.example.com' } });
    expect(exchange?.request?.method).toBe('CONNECT');
    expect(exchange?.ledger.client.undecoded).toBe(hello.length);
    expect(more).toEqual([]);
  });
});

describe('what connections took of the network', () => {
  const network = (client: number, roundTrip: number | undefined) => ({
    packets: { client, server: 3 },
    headers: { client: 40 * client, server: 120 },
    retransmitted: { client: 0, server: 1 },
    missing: { client: 0, server: 0 },
    roundTrip,
  });

  test('is added up, and its round trips are a median', () => {
    const session = new Session();
    [network(2, 30), network(4, undefined), network(5, 10)].forEach((facts, index) => {
      new TapScript(session.take, index + 1).open({ mode: 'capture' }).close('ended', { network: facts });
    });
    expect(session.network()).toEqual({
      connections: 3,
      packets: { client: 11, server: 9 },
      headers: { client: 440, server: 360 },
      retransmitted: { client: 0, server: 3 },
      missing: { client: 0, server: 0 },
      roundTrip: { median: 20, count: 2 },
    });
  });

  test('is not known of a proxy', () => {
    expect(played(http).network()).toBeUndefined();
  });
});

test('what a full disk took is told of, each kind of it', async () => {
  vi.stubEnv('TMPDIR', '/nonexistent');
  const session = new Session({ memory: 0 });
  vi.unstubAllEnvs();
  const long = 'x'.repeat(50_000);
  for (let connection = 1; connection <= 100; connection++) {
    new TapScript(session.take, connection)
      .open({ server: { host: long, port: 80 } })
      .say(client(`GET /${long}${connection} HTTP/1.1\nHost: a\n\n`))
      .say(server(`HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: ${long}\n\n`))
      .close();
  }
  const { bytes, heads, connections, why } = session.losses();
  expect(Math.min(bytes, heads, connections)).toBeGreaterThan(0);
  expect(why).toBeDefined();
});
