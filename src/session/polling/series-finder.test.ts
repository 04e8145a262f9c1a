import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyLedger } from '../ledger.ts';
import type { PollBodies, PolledExchange } from './exchange.ts';
import type { PollSeries } from './series.ts';
import { PollSeriesFinder } from './series-finder.ts';

const MILLISECOND = 1_000_000;

/** A request and its answer; times in milliseconds. */
interface Asked {
  readonly at: number;
  readonly path: string;
  /** How long the exchange took; undefined: it is never closed. */
  readonly took?: number | undefined;
  readonly client?: string;
  readonly method?: string;
  readonly fields?: string;
  readonly body?: string;
  readonly status?: number;
  readonly answer?: string;
  readonly answerFields?: string;
  readonly isCutOff?: boolean;
  /** The bytes of its answer could not be kept. */
  readonly isLost?: boolean;
  readonly protocol?: PolledExchange['protocol'];
}

interface Found {
  readonly finder: PollSeriesFinder;
  /** Series by exchange, as last told. */
  readonly series: ReadonlyMap<number, number>;
  readonly verdicts: ReadonlyMap<number, string>;
}

function fieldsOf(text = ''): { name: string; value: string }[] {
  return text === ''
    ? []
    : text.split('\n').map((line) => ({
        name: line.slice(0, line.indexOf(':')),
        value: line.slice(line.indexOf(':') + 1).trim(),
      }));
}

/** The bytes of an exchange as `asked` describes it. */
class Scripted {
  readonly exchange: { -readonly [Key in keyof PolledExchange]: PolledExchange[Key] };
  readonly asked: Asked;
  readonly bodies: PollBodies;

  constructor(number: number, asked: Asked) {
    this.asked = asked;
    const { at, method = 'GET', path: target, fields, body = '' } = asked;
    this.exchange = {
      number,
      connection: 1,
      openedAt: at * MILLISECOND,
      respondedAt: undefined,
      closedAt: undefined,
      protocol: 'http1',
      request: { method, target, fields: fieldsOf(fields) },
      response: undefined,
      ledger: emptyLedger(),
    };
    this.exchange.ledger.client.payload = body.length;
    this.exchange.ledger.client.head = 100;
    this.bodies = {
      isComplete: !asked.isCutOff,
      request: (limit) => Buffer.from(body).subarray(0, limit),
      response: (limit) => (asked.isLost ? undefined : Buffer.from(asked.answer ?? '').subarray(0, limit)),
    };
  }

  close(): void {
    const { at, took = 0, status = 200, answer = '', answerFields, isCutOff, protocol } = this.asked;
    this.exchange.closedAt = (at + took) * MILLISECOND;
    this.exchange.protocol = protocol ?? 'http1';
    if (isCutOff && answer === '') return;
    this.exchange.respondedAt = this.exchange.closedAt;
    this.exchange.response = { status, fields: fieldsOf(answerFields) };
    this.exchange.ledger.server.payload = Buffer.byteLength(answer);
  }
}

interface Step {
  readonly at: number;
  readonly run: () => void;
}

/** Tells a finder of the exchanges in the order of time: of a client's answer and its request at once, first of the answer. */
function find(script: readonly Asked[]): Found {
  const finder = new PollSeriesFinder();
  const series = new Map<number, number>();
  const verdicts = new Map<number, string>();
  const learn = (number: number, part: ReturnType<PollSeriesFinder['asked']>): void => {
    if (!part) {
      series.delete(number);
      return;
    }
    series.set(number, part.series.number);
    if (part.verdict) verdicts.set(number, part.verdict);
    for (const first of part.firstExchanges) {
      series.set(first.number, part.series.number);
      if (first.verdict) verdicts.set(first.number, first.verdict);
    }
  };
  const steps: Step[] = script.flatMap((asked, index) => {
    const scripted = new Scripted(index + 1, asked);
    const { exchange, bodies } = scripted;
    const ask = (): void => {
      learn(exchange.number, finder.asked(exchange, asked.client ?? '10.0.0.1', 'example.com'));
      const part = finder.requested(exchange, bodies);
      if (part) learn(exchange.number, part);
    };
    const close = (): void => {
      scripted.close();
      learn(exchange.number, finder.answered(exchange, bodies));
    };
    const opened = { at: asked.at, run: ask };
    return 'took' in asked && asked.took === undefined
      ? [opened]
      : [opened, { at: asked.at + (asked.took ?? 1), run: close }];
  });
  for (const { run } of steps.toSorted((one, other) => one.at - other.at)) run();
  return { finder, series, verdicts };
}

/** `count` requests for a path (which may be different for each), `every` milliseconds. */
function every(
  interval: number,
  count: number,
  asked: Omit<Asked, 'at' | 'path'>,
  path: string | ((index: number) => string),
): Asked[] {
  return Array.from({ length: count }, (_, index) => ({
    took: 20,
    answer: 'x',
    ...asked,
    at: index * interval,
    path: typeof path === 'string' ? path : path(index),
  }));
}

/** Long polls, each asked when the one before was answered. */
function held(holds: readonly number[], asked: (index: number) => Partial<Asked>): Asked[] {
  let at = 0;
  return holds.map((took, index) => {
    const one = { path: '/wait', took, answer: `${index}`, at, ...asked(index) };
    at += took + 5;
    return one;
  });
}

function only({ finder }: Found): PollSeries {
  expect(finder.series).toHaveLength(1);
  return finder.series[0]!;
}

describe('polls by the clock', () => {
  test.each<{ name: string; script: readonly Asked[]; resource: string }>([
    { name: 'the same target', script: every(5000, 8, {}, '/inbox'), resource: '/inbox' },
    {
      name: "jQuery's cache buster",
      script: every(2000, 8, {}, (index) => `/inbox?_=${1_690_000_000_000 + index * 2000}`),
      resource: '/inbox?_=…',
    },
    {
      name: 't, cb and rand beside what is asked for',
      script: every(2000, 8, {}, (index) => `/x?room=main&t=${index}&cb=q${index}&rand=0.${index}71`),
      resource: '/x?room=main&t=…&cb=…&rand=…',
    },
    {
      name: 'a timestamp without a name',
      script: every(2000, 8, {}, (index) => `/x?${1_690_000_000 + index}`),
      resource: '/x?…',
    },
    {
      name: 'JSON that is marked as a file',
      script: every(
        2000,
        8,
        { answerFields: 'Content-Disposition: attachment; filename=f.txt\nContent-Type: application/json' },
        '/x',
      ),
      resource: '/x',
    },
    {
      name: 'a counter of any name',
      script: every(1000, 8, {}, (index) => `/x?request=${index + 40}`),
      resource: '/x?request=…',
    },
    {
      name: 'a UUID of any name',
      script: every(1000, 8, {}, (index) => `/x?u=6f1e2d3c-0000-4000-8000-00000000000${index}`),
      resource: '/x?u=…',
    },
    {
      name: 'a cursor that stays and moves',
      script: every(1000, 8, {}, (index) => `/x?after=${7 + (index >> 1)}`),
      resource: '/x?after=…',
    },
    {
      name: 'a cursor of any name that stays and moves',
      script: every(1000, 8, {}, (index) => `/x?position=s${7 + (index >> 1)}_1`),
      resource: '/x?position=…',
    },
    {
      name: 'a first poll without a cursor',
      script: every(1000, 8, {}, (index) => (index === 0 ? '/x' : `/x?since=${index}`)),
      resource: '/x?since=…',
    },
    {
      name: 'a health check by HEAD',
      script: every(30_000, 8, { method: 'HEAD', answer: '' }, '/health'),
      resource: '/health',
    },
    {
      name: 'a value that stays',
      script: every(1000, 8, {}, '/x?room=12'),
      resource: '/x?room=12',
    },
    {
      name: 'a timer that starts when the answer is there',
      script: held([20, 480, 90, 30, 700, 25, 333, 40], () => ({})).map((asked, index) => ({
        ...asked,
        at: asked.at + index * 1000,
      })),
      resource: '/wait',
    },
    {
      name: 'a timer that does not wait for a slow server',
      script: every(1000, 8, { took: 1700 }, '/slow'),
      resource: '/slow',
    },
  ])('$name', ({ script, resource }) => {
    const found = find(script);
    expect(only(found).resource).toBe(resource);
    expect(found.series.size).toBe(script.length);
    expect(only(found).polls).toBe(script.length);
  });

  test('cadence, jitter, hold and what the answers were good for', () => {
    const bodies = ['[]', '[1]', '[1]', '[2]', '[2]', '', '[2]', '[3]'];
    const script = every(1000, 8, {}, '/x').map((asked, index) => ({
      ...asked,
      at: asked.at + (index % 2) * 10,
      answer: bodies[index]!,
      status: index === 5 ? 503 : 200,
    }));
    const { verdicts, finder } = find(script);
    expect([...verdicts].toSorted(([one], [other]) => one - other).map(([, verdict]) => verdict)).toEqual([
      'empty',
      'news',
      'unchanged',
      'news',
      'unchanged',
      'error',
      'unchanged',
      'news',
    ]);
    expect(finder.series[0]).toMatchObject({
      kind: 'short',
      polls: 8,
      news: 3,
      wasted: 5,
      wastedFor: { empty: 1, unchanged: 3, error: 1 },
      open: 0,
      cutOff: 0,
      overlaps: 0,
      cadence: 1010 * MILLISECOND,
      hold: 20 * MILLISECOND,
      longestHold: 20 * MILLISECOND,
      firstAt: 0,
      lastAt: 7010 * MILLISECOND,
      ledger: { client: { head: 800 }, server: { payload: 20 } },
    });
    expect(finder.series[0]!.jitter).toBeCloseTo((3 / 7) * 20 * MILLISECOND, 0);
  });

  test('the fourth request tells which came before', () => {
    const finder = new PollSeriesFinder();
    const parts = every(1000, 5, {}, '/x').map((asked, index) => {
      const scripted = new Scripted(index + 1, asked);
      const part = finder.asked(scripted.exchange, 'c', 'h');
      scripted.close();
      return { part, closed: finder.answered(scripted.exchange, scripted.bodies) };
    });
    expect(parts.map(({ part }) => part?.firstExchanges)).toEqual([
      undefined,
      undefined,
      undefined,
      [
        { number: 1, verdict: 'news' },
        { number: 2, verdict: 'unchanged' },
        { number: 3, verdict: 'unchanged' },
      ],
      [],
    ]);
    expect(parts.map(({ closed }) => closed?.verdict)).toEqual([
      undefined,
      undefined,
      undefined,
      'unchanged',
      'unchanged',
    ]);
  });

  test('204 and 304 bring no news, and what they leave as it was is not new after them', () => {
    const statuses = [200, 204, 304, 200, 200];
    const script = every(1000, 5, {}, '/x').map((asked, index) => ({
      ...asked,
      status: statuses[index]!,
      answer: statuses[index] === 200 ? (index === 4 ? 'b' : 'a') : '',
    }));
    expect(only(find(script)).wastedFor).toEqual({ '204': 1, '304': 1, unchanged: 1 });
  });

  test('a HEAD brings news when the validators change', () => {
    const script = every(1000, 6, { method: 'HEAD', answer: '' }, '/x').map((asked, index) => ({
      ...asked,
      answerFields: `ETag: "${index >> 1}"`,
    }));
    expect(only(find(script))).toMatchObject({ news: 3, wastedFor: { unchanged: 3 } });
  });

  test('a length says nothing of what is as long', () => {
    const answerFields = 'Content-Length: 1';
    const heads = every(1000, 6, { method: 'HEAD', answer: '', answerFields }, '/x');
    expect(only(find(heads))).toMatchObject({ news: 0, wastedFor: { empty: 6 } });
    const lost = every(1000, 6, { isLost: true, answerFields }, '/x');
    expect(only(find(lost))).toMatchObject({ news: 6, wasted: 0 });
    const tagged = every(1000, 6, { isLost: true, answerFields: 'Last-Modified: x' }, '/x');
    expect(only(find(tagged))).toMatchObject({ news: 1, wastedFor: { unchanged: 5 } });
  });

  test('an answer that is cut off is no news, and one that is open is neither', () => {
    const script = [
      ...every(1000, 6, {}, '/x'),
      { at: 6000, took: 5, path: '/x', answer: 'new', isCutOff: true },
      { at: 7000, took: 5, path: '/x', isCutOff: true },
      { at: 8000, took: undefined, path: '/x' },
    ];
    expect(only(find(script))).toMatchObject({ polls: 9, news: 1, wasted: 5, cutOff: 2, open: 1 });
  });

  test('two resources that are asked for in turn by a number are two series', () => {
    const script = [1, 2].flatMap((room) =>
      every(1000, 8, {}, `/x?room=${room}`).map((asked) => ({ ...asked, at: asked.at + room * 300 })),
    );
    const { finder } = find(script);
    expect(finder.series.map(({ resource, polls }) => ({ resource, polls }))).toEqual([
      { resource: '/x?room=1', polls: 8 },
      { resource: '/x?room=2', polls: 8 },
    ]);
  });

  test('a dozen that are asked for together are a dozen series', () => {
    const script = Array.from({ length: 8 * 12 }, (_, index) => ({
      at: Math.floor(index / 12) * 5000 + (index % 12) * 3,
      took: 30,
      path: `/metrics?of=cpu${index % 12}`,
      answer: 'x',
    }));
    expect(find(script).finder.series).toHaveLength(12);
  });

  test('a page that is reloaded begins its counter again, in the same series', () => {
    const script = every(1000, 24, {}, (index) => `/x?n=${index % 12}`);
    expect(only(find(script))).toMatchObject({ polls: 24, resource: '/x?n=…' });
  });

  test.each([
    { name: 'addresses', one: { client: '10.0.0.1' }, other: { client: '10.0.0.2' } },
    { name: 'browsers', one: { fields: 'User-Agent: a' }, other: { fields: 'User-Agent: b' } },
    { name: 'tokens', one: { fields: 'Authorization: a' }, other: { fields: 'Authorization: b' } },
    {
      name: 'logins',
      one: { fields: 'Cookie: x=1; session=a' },
      other: { fields: 'Cookie: x=1; session=b' },
    },
  ])('two clients by their $name are two series', ({ one, other }) => {
    const script = [...every(1000, 6, one, '/x'), ...every(1300, 6, other, '/x')];
    expect(find(script).finder.series.map(({ polls }) => polls)).toEqual([6, 6]);
  });

  test('two clients whose requests are one object are two series', () => {
    const finder = new PollSeriesFinder();
    const { exchange, bodies } = new Scripted(1, { at: 0, path: '/x' });
    for (let index = 0; index < 12; index++) {
      const openedAt = (index >> 1) * 1000 * MILLISECOND;
      const next = { ...exchange, number: index + 1, openedAt, closedAt: openedAt + MILLISECOND };
      finder.asked(next, `10.0.0.${index % 2}`, 'h');
      finder.answered(next, bodies);
    }
    expect(finder.series.map(({ client, polls }) => [client, polls])).toEqual([
      ['10.0.0.0', 6],
      ['10.0.0.1', 6],
    ]);
  });

  test('a cookie that each answer changes does not split a series', () => {
    const script = every(1000, 6, {}, '/x').map((asked, index) => ({
      ...asked,
      fields: `Cookie: AWSALB=${index}abc; csrftoken=${index}; session=a`,
    }));
    expect(only(find(script)).polls).toBe(6);
  });
});

describe('long polls', () => {
  const holds = [10, 2000, 25_000, 900, 25_000, 700];

  test('are found when two answers were held and asked after at once', () => {
    const found = find(
      held(holds, (index) => ({ path: `/wait?after=${index}`, status: index % 2 ? 200 : 204 })),
    );
    expect(only(found)).toMatchObject({ kind: 'long', polls: 5, longestHold: 25_000 * MILLISECOND });
    expect([...found.series.keys()].toSorted()).toEqual([2, 3, 4, 5, 6]);
  });

  test('of a loose cursor are found, as a slow list may be walked through, later', () => {
    const script = held([900, 900, 2000, 25_000, 900, 900, 900], (index) => ({
      path: `/wait?cursor=a${index}`,
    }));
    expect(find(script.slice(0, 5)).finder.series).toEqual([]);
    expect(only(find(script)).polls).toBe(7);
  });

  test('that become busy stay long', () => {
    const busy = [...holds, ...Array.from({ length: 500 }, () => 150)];
    expect(only(find(held(busy, () => ({})))).kind).toBe('long');
  });
});

describe('no series', () => {
  /** A person's pauses, in milliseconds. */
  const visits = [0, 41_000, 55_500, 203_000, 231_000];

  const page = visits.flatMap((visit) => [
    { at: visit, path: '/', took: 80, answer: '<html>', fields: 'Sec-Fetch-Dest: document' },
    ...Array.from({ length: 39 }, (_, index) => ({
      at: visit + 100 + (index % 7) * 3 + index * 9,
      path: ['/app.js', '/style.css', '/logo.png', '/api/user'][index] ?? `/images/${index}.png?v=12`,
      took: 30 + (index % 5) * 11,
      answer: `${index}`,
      fields: `Sec-Fetch-Dest: ${index === 3 ? 'empty' : 'image'}`,
    })),
  ]);

  test.each<{ name: string; script: readonly Asked[] }>([
    { name: 'a page of 40 resources that a person reloads', script: page },
    {
      name: 'a page that a developer reloads every five seconds or so',
      script: page.map((asked, index) => ({
        ...asked,
        at: [0, 4200, 10_100, 14_300, 20_400][Math.floor(index / 40)]! + (index % 40) * 9,
      })),
    },
    {
      name: 'an API that a program calls now and then',
      script: [0, 900, 7000, 8200, 31_000].map((at) => ({ at, path: '/api/items', took: 60, answer: 'x' })),
    },
    {
      name: 'a burst of calls at once',
      script: Array.from({ length: 12 }, (_, index) => ({ at: index * 2, path: '/api/user', took: 90 })),
    },
    {
      name: 'calls that come in pairs, page by page',
      script: visits.flatMap((at) =>
        [0, 15].map((later) => ({ at: at + later, path: '/api/user', took: 70 })),
      ),
    },
    {
      name: 'pages walked through at once',
      script: held(
        Array.from({ length: 30 }, () => 140),
        (index) => ({ path: `/api/list?page=${index + 1}` }),
      ),
    },
    {
      name: 'pages walked through by the clock',
      script: every(1000, 30, {}, (index) => `/api/list?page=${index}`),
    },
    {
      name: 'a list walked through by its cursor',
      script: held(
        Array.from({ length: 30 }, () => 140),
        (index) => ({ path: `/api/list?cursor=c${index * 7}` }),
      ),
    },
    {
      name: 'a loop that asks as fast as it can',
      script: held(
        Array.from({ length: 50 }, () => 200),
        () => ({}),
      ),
    },
    {
      name: 'images loaded side by side',
      script: Array.from({ length: 40 }, (_, index) => ({
        at: Math.floor(index / 6) * 180 + (index % 6),
        path: `/tile?x=${index}`,
        took: 170,
        answer: 'png',
      })),
    },
    {
      name: 'a download in parts',
      script: held([3000, 3000, 3000, 3000, 3000, 3000, 3000], () => ({
        path: '/film.mp4',
        fields: 'Range: bytes=0-',
        status: 206,
      })),
    },
    {
      name: 'a file saved again and again',
      script: every(10_000, 8, { answerFields: 'Content-Disposition: attachment; filename=x' }, '/export'),
    },
    {
      name: 'a gateway that times out and is asked again',
      script: held([5000, 5000, 5000, 4800, 5100, 5000], () => ({ status: 504 })),
    },
    {
      name: 'event streams that end and are taken up',
      script: every(3000, 8, { protocol: 'sse', took: 2900 }, '/events'),
    },
    {
      name: 'event streams that are asked for and refused',
      script: every(3000, 8, { fields: 'Accept: text/event-stream', status: 404 }, '/events'),
    },
    {
      name: 'WebSockets that are opened again and again',
      script: every(3000, 8, { fields: 'Upgrade: websocket', protocol: 'websocket' }, '/chat'),
    },
    {
      name: 'what is posted by the clock',
      script: every(
        5000,
        8,
        { method: 'POST', fields: 'Content-Type: application/json', body: '{"x":1}' },
        '/c',
      ),
    },
    {
      name: 'preflights by the clock',
      script: every(5000, 8, { method: 'OPTIONS' }, '/x'),
    },
    {
      name: 'what differs in what it asks for',
      script: every(1000, 26, {}, (index) => `/find?q=${'abcdefghijklmnopqrstuvwxyz'.slice(0, index + 1)}`),
    },
  ])('of $name', ({ script }) => {
    const found = find(script);
    expect(found.finder.series.map(({ resource }) => resource)).toEqual([]);
    expect(found.series.size).toBe(0);
  });

  test('a part of a page needs six requests as even as no person can be', () => {
    const camera = every(5000, 8, { answerFields: 'Content-Type: image/jpeg' }, '/camera.jpg?1');
    expect(find(camera.slice(0, 5)).finder.series).toEqual([]);
    expect(only(find(camera)).polls).toBe(8);
  });

  test('an event stream among polls is taken back', () => {
    const script = every(1000, 8, {}, '/x').map((asked, index) =>
      index === 6 ? { ...asked, protocol: 'sse' as const } : asked,
    );
    const found = find(script);
    expect(only(found)).toMatchObject({ polls: 7, open: 0 });
    expect(found.series.has(7)).toBe(false);
  });
});

describe('Engine.IO', () => {
  const base = '/socket.io/?EIO=4&transport=polling';
  const open = { path: `${base}&t=a1`, answer: '0{"sid":"lv_VI97","upgrades":[],"pingInterval":25000}' };
  const poll = { path: `${base}&t=b2&sid=lv_VI97` };

  test('one conversation is one series from its handshake on, with what it sends', () => {
    const found = find([
      { ...open, at: 0 },
      { ...poll, at: 10, method: 'POST', body: '40', answer: 'ok' },
      { ...poll, at: 12, took: 20, answer: '40{"sid":"x"}' },
      { ...poll, at: 40, took: 25_000, answer: '2' },
      { ...poll, at: 25_045, method: 'POST', body: '3', answer: 'ok' },
      { ...poll, at: 25_050, took: 100, answer: '6' },
      { ...poll, at: 25_200, took: 1, answer: '42["tick"]' },
      { ...poll, at: 25_300, took: 1, answer: '42["tick"]' },
      { ...poll, at: 25_400, took: undefined },
    ]);
    expect(only(found)).toMatchObject({
      dialect: 'engine.io',
      session: 'lv_VI97',
      resource: '/socket.io/',
      method: 'GET',
      kind: 'long',
      polls: 7,
      sends: 2,
      news: 3,
      wastedFor: { control: 1, heartbeat: 2 },
      open: 1,
      overlaps: 0,
      ledger: { client: { head: 800, payload: 3 } },
    });
    expect(found.series.size).toBe(9);
    expect(found.verdicts.get(2)).toBe('sent');
  });

  test('two polls open for one sid overlap', () => {
    const script = [
      { ...open, at: 0 },
      { ...poll, at: 10, took: 500, answer: '6' },
      { ...poll, at: 100, took: 10, status: 400, answer: '{"code":3}' },
    ];
    expect(only(find(script))).toMatchObject({ overlaps: 1, wastedFor: { error: 1 } });
  });

  test('two tabs are two series, and so is a conversation that began before the session did', () => {
    const script = [
      { ...open, at: 0, took: 50 },
      { ...open, at: 10, took: 50, answer: '0{"sid":"other"}' },
      { ...poll, at: 70 },
      { at: 80, path: `${base}&sid=other` },
      { at: 90, path: `${base}&sid=older`, answer: '4x' },
    ];
    const { finder } = find(script);
    expect(finder.series.map(({ session, polls }) => ({ session, polls }))).toEqual([
      { session: 'lv_VI97', polls: 2 },
      { session: 'other', polls: 2 },
      { session: 'older', polls: 1 },
    ]);
  });

  test('a handshake that is tried until it succeeds is one series', () => {
    const failed = { ...open, status: 502, answer: '' };
    const script = [
      { ...failed, at: 0 },
      { ...failed, at: 1000 },
      { ...open, at: 3000 },
      { ...poll, at: 3010 },
    ];
    expect(only(find(script))).toMatchObject({ polls: 4, session: 'lv_VI97', wastedFor: { error: 2 } });
  });

  test.each([
    { name: 'host', host: 'h'.repeat(2000), sid: 'a' },
    { name: 'session', host: 'h', sid: 's'.repeat(2000) },
  ])('a long $name does not split a conversation, and is not kept', ({ host, sid }) => {
    const finder = new PollSeriesFinder();
    const script = [
      { ...open, answer: `0{"sid":"${sid}"}` },
      ...Array(3).fill({ path: `${base}&sid=${sid}` }),
    ];
    script.forEach((asked: Omit<Asked, 'at'>, index) => {
      const scripted = new Scripted(index + 1, { ...asked, at: index * 1000 });
      finder.asked(scripted.exchange, 'c', host);
      scripted.close();
      finder.answered(scripted.exchange, scripted.bodies);
    });
    expect(finder.series.map(({ polls }) => polls)).toEqual([4]);
    expect(finder.series[0]!.host.length).toBeLessThan(257);
    expect(finder.series[0]!.session!.length).toBeLessThan(257);
  });

  test('a WebSocket of the same session is no poll', () => {
    const script = [
      { ...open, at: 0 },
      {
        at: 10,
        path: '/socket.io/?EIO=4&transport=websocket&sid=lv_VI97',
        fields: 'Upgrade: websocket',
        protocol: 'websocket' as const,
      },
    ];
    expect(only(find(script)).polls).toBe(1);
  });
});

test('SockJS: one conversation is one series, whatever the transport and the request', () => {
  const at = (index: number) => index * 400;
  const xhr = { path: '/echo/000/abc123/xhr', method: 'POST' };
  const found = find([
    { ...xhr, at: at(0), answer: 'o\n' },
    { ...xhr, at: at(1), took: 300, answer: 'a["hello"]\n' },
    { ...xhr, at: at(2), path: '/echo/000/abc123/xhr_send', body: '["x"]', status: 204 },
    { ...xhr, at: at(3), took: 300, answer: 'h\n' },
    { ...xhr, at: at(4), took: 300, answer: 'a["hello"]\n' },
    { ...xhr, at: at(5), took: 300, answer: 'c[3000,"Go away!"]\n' },
    { ...xhr, at: at(6), took: 1, status: 404 },
  ]);
  expect(only(found)).toMatchObject({
    dialect: 'sockjs',
    session: 'abc123',
    resource: '/echo/000/abc123',
    polls: 6,
    sends: 1,
    news: 2,
    wastedFor: { control: 2, heartbeat: 1, error: 1 },
  });
});

describe('Bayeux', () => {
  const json = { path: '/cometd', method: 'POST', fields: 'Content-Type: application/json;charset=UTF-8' };
  const handshake = {
    ...json,
    at: 0,
    body: '[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]',
    answer: '[{"channel":"/meta/handshake","successful":true,"clientId":"c1"}]',
  };
  const connect = {
    ...json,
    body: '[{"channel":"/meta/connect","clientId":"c1","connectionType":"long-polling"}]',
  };
  const connected = '{"channel":"/meta/connect","successful":true}';

  test('one conversation is one series from its handshake on', () => {
    const found = find([
      handshake,
      { ...connect, at: 10, answer: `[${connected}]` },
      { ...connect, at: 20, took: 900, answer: `[${connected},{"channel":"/chat","data":{"text":"x"}}]` },
      {
        ...json,
        at: 30,
        body: '[{"channel":"/chat","clientId":"c1","data":{"text":"x"}}]',
        answer: '[{"channel":"/chat","successful":true}]',
      },
      { ...connect, at: 1000, took: 30_000, answer: `[${connected}]` },
      { ...connect, at: 31_010, took: undefined, path: '/cometd/connect' },
    ]);
    expect(only(found)).toMatchObject({
      dialect: 'bayeux',
      session: 'c1',
      resource: '/cometd',
      polls: 4,
      sends: 2,
      news: 1,
      wastedFor: { heartbeat: 2 },
      open: 1,
    });
    expect(found.series.size).toBe(6);
  });

  test('a connect that fails is an error', () => {
    const answer = '[{"channel":"/meta/connect","successful":false,"error":"402::Unknown client"}]';
    expect(only(find([{ ...connect, at: 0, answer }])).wastedFor).toEqual({ error: 1 });
  });

  test('what is known only when the exchange closes is known then', () => {
    const finder = new PollSeriesFinder();
    const scripted = new Scripted(1, { ...connect, at: 0, answer: `[${connected}]` });
    expect(finder.asked(scripted.exchange, 'c', 'h')).toBeUndefined();
    scripted.close();
    expect(finder.answered(scripted.exchange, scripted.bodies)).toMatchObject({
      verdict: 'heartbeat',
      isNew: true,
    });
  });

  test('what turns out to be a download when the exchange closes begins nothing', () => {
    const finder = new PollSeriesFinder();
    const answerFields = 'Content-Disposition: attachment';
    const scripted = new Scripted(1, { ...connect, at: 0, answerFields });
    finder.asked(scripted.exchange, 'c', 'h');
    scripted.close();
    expect(finder.answered(scripted.exchange, scripted.bodies)).toBeUndefined();
    expect(finder.series).toEqual([]);
  });

  test('a long clientId names a conversation, and is not kept', () => {
    const clientId = 'c'.repeat(60_000);
    const found = find([
      { ...handshake, answer: handshake.answer.replace('c1', clientId) },
      { ...connect, at: 10, body: connect.body.replace('c1', clientId), answer: `[${connected}]` },
    ]);
    expect(only(found)).toMatchObject({ polls: 1, sends: 1 });
    expect(only(found).session!.length).toBeLessThan(257);
  });

  test('other JSON is not Bayeux', () => {
    const body = '{"channel":"email","clientId":"5"}';
    expect(find([{ ...json, at: 0, body }]).finder.series).toEqual([]);
  });
});

test('a resource is forgotten when ten thousand others were asked for since', () => {
  const others = Array.from({ length: 10_001 }, (_, index) => ({ at: 2500, path: `/${index}`, took: 1 }));
  const script = every(1000, 4, {}, '/x');
  expect(find(script).finder.series).toHaveLength(1);
  expect(find([...script, ...others]).finder.series).toEqual([]);
});

/** What a client's series say, without what numbers them. */
function facts(finder: PollSeriesFinder): string[] {
  return finder.series
    .map((series) => {
      const { number: _, ...rest } = series;
      return JSON.stringify([rest, series.kind, series.cadence, series.jitter, series.hold]);
    })
    .toSorted();
}

const polled = fc.record({
  interval: fc.constantFrom(0, 40, 1000, 1010, 5000),
  took: fc.constantFrom(1, 30, 700, 2000),
  path: fc.constantFrom('/x', '/x?_=1', '/y?n=1', '/y?n=2', '/socket.io/?EIO=4&transport=polling&sid=a'),
  answer: fc.constantFrom('', 'a', 'b', '6', '4x'),
  status: fc.constantFrom(200, 204, 304, 500),
  isCutOff: fc.boolean(),
  protocol: fc.constantFrom('http1' as const, 'http1' as const, 'http1' as const, 'sse' as const),
});

function inTime(client: string, requests: readonly (Omit<Asked, 'at'> & { interval: number })[]): Asked[] {
  let at = 0;
  return requests.map(({ interval, ...asked }) => {
    at += interval;
    return { ...asked, client, at };
  });
}

describe('any requests', () => {
  const requests = fc.array(polled, { maxLength: 40 });

  test('news, wasted, cut off and open are all polls, and every poll is told of', () => {
    fc.assert(
      fc.property(requests, fc.nat(40), (some, kept) => {
        const script = inTime('c', some).map((asked, index) =>
          index === kept ? { ...asked, took: undefined } : asked,
        );
        const { finder, series } = find(script);
        for (const { news, wasted, cutOff, open, polls } of finder.series) {
          expect(news + wasted + cutOff + open).toBe(polls);
        }
        const counted = finder.series.reduce((sum, { polls }) => sum + polls, 0);
        expect(series.size).toBe(counted);
      }),
      { numRuns: 50 },
    );
  });

  test('other clients change nothing', () => {
    fc.assert(
      fc.property(requests, requests, (some, others) => {
        const [one, two] = [inTime('c1', some), inTime('c2', others)];
        const apart = [...facts(find(one).finder), ...facts(find(two).finder)].toSorted();
        expect(facts(find([...one, ...two]).finder)).toEqual(apart);
      }),
      { numRuns: 50 },
    );
  });
});
