import { describe, expect, test } from 'vitest';
import { chunk, client, type Said, server } from '../testing/conversations.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { UnderWay } from './under-way.ts';

const KEY = [1, 2, 3, 4];
const get = 'GET /feed HTTP/1.1\nHost: a\n\n';
const upgrade = 'GET /feed HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: upgrade\n\n';
const switching = 'HTTP/1.1 101 Switching Protocols\nUpgrade: WebSocket\nConnection: upgrade\n\n';
const stream = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n';
const frame = websocketFrame({ opcode: 1, payload: 'hello' });
const fragment = websocketFrame({ opcode: 1, payload: 'hel', fin: false });
const long = websocketFrame({ opcode: 2, payload: Buffer.alloc(100_000) });
const masked = websocketFrame({ opcode: 1, payload: 'hello', key: KEY });

/** What is said again after this was said: heads, and behind the bar what was begun, `+n` for what is left out. */
function again(...said: readonly Said[]): string | undefined {
  const underWay = new UnderWay();
  for (const { from, bytes } of said) underWay.follow(from, bytes);
  return words(underWay);
}

function words(underWay: UnderWay): string | undefined {
  const repetition = underWay.repetition();
  if (!repetition) return undefined;
  const { heads, begun } = repetition;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  const sides = [begun.client, begun.server].map(
    ({ bytes, lost }) => text(bytes) + (lost > 0 ? `+${lost}` : ''),
  );
  return [text(heads.client), text(heads.server), ...sides].join('|');
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');

describe('nothing is said again', () => {
  test.each([
    { name: 'before anything was said', said: [] },
    { name: 'of a protocol that is not known', said: [client('\x00hello')] },
    { name: 'of a server that speaks first', said: [server('220 mail\n')] },
    { name: 'between exchanges', said: [client(get), server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok')] },
    { name: 'behind an answer without a body', said: [client(get), server('HTTP/1.1 304 Not Modified\n\n')] },
    {
      name: 'behind the answer to HEAD',
      said: [client(get.replace('GET', 'HEAD')), server('HTTP/1.1 200 OK\nContent-Length: 9\n\n')],
    },
    {
      name: 'behind the last chunk',
      said: [client(get), server('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n', chunk('a'), '0\n\n')],
    },
    { name: 'of what is no answer', said: [client(get), server('what?\n\n')] },
    {
      name: 'of another protocol behind a 101',
      said: [client(upgrade), server(switching.replace('WebSocket', 'other'))],
    },
    {
      name: 'behind a frame that cannot be',
      said: [client(upgrade), server(switching), server(Buffer.from('827fffffffffffffffff', 'hex'))],
    },
    {
      name: 'behind a chunk that cannot be',
      said: [client(get), server('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n', 'no\n')],
    },
  ])('$name', ({ said }) => {
    expect(again(...said)).toBeUndefined();
  });
});

describe('is said again', () => {
  test.each([
    { name: 'the beginning of what may be a request', said: [client('GE')], told: 'GE|||' },
    {
      name: 'TLS that is not opened',
      said: [client('\x16\x03\x01\x02'), server('\x16\x03\x03')],
      told: '\x16\x03\x01\x02|||',
    },
    { name: 'a request without an answer', said: [client(get)], told: `${get}|||` },
    {
      name: 'one that had an early hint',
      said: [client(get), server('HTTP/1.1 103 Early\n\n')],
      told: `${get}|||`,
    },
    { name: 'half a head', said: [client(get), server('HTTP/1.1 2')], told: `${get}|HTTP/1.1 2||` },
    {
      name: 'an upload, but for what is much',
      said: [client('PUT / HTTP/1.1\n\n', Buffer.alloc(65_536, 'x'))],
      told: `PUT / HTTP/1.1\n\n${'x'.repeat(65_518)}||+18|`,
    },
    {
      name: 'a download, but for its body',
      said: [client(get), server('HTTP/1.1 200 OK\nContent-Length: 99999\n\n', 'abc')],
      told: `${get}|HTTP/1.1 200 OK\nContent-Length: 99999\n\n||+3`,
    },
    {
      name: 'a short body',
      said: [client(get), server('HTTP/1.1 200 OK\nContent-Length: 9\n\n', 'abc')],
      told: `${get}|HTTP/1.1 200 OK\nContent-Length: 9\n\n||abc`,
    },
    {
      name: 'the chunk of an event stream that goes on',
      said: [client(get), server(`${stream}Transfer-Encoding: chunked\n\n`, chunk('one'), '5\ntw')],
      told: `${get}|${stream}Transfer-Encoding: chunked\n\n||5\ntw`,
    },
    {
      name: 'all chunks of a message that goes on',
      said: [client(get), server('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n', chunk('one'), '5\ntw')],
      told: `${get}|HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n||3\none\n5\ntw`,
    },
    {
      name: 'the event that goes on of a stream without an end',
      said: [client(get), server(`${stream}\n`, 'data: 1\n\ndata:'), server(' 2')],
      told: `${get}|${stream}\n||data: 2`,
    },
    {
      name: 'a WebSocket between frames',
      said: [client(upgrade), server(switching, frame)],
      told: `${upgrade}|${switching}||`,
    },
    {
      name: 'frames that go on',
      said: [client(upgrade), server(switching, frame.subarray(0, 3)), client(masked.subarray(0, 1))],
      told: `${upgrade}|${switching}|${latin1(masked.subarray(0, 1))}|${latin1(frame.subarray(0, 3))}`,
    },
    {
      name: 'a frame that came before the 101',
      said: [client(upgrade, masked.subarray(0, 7)), server(switching)],
      told: `${upgrade}|${switching}|${latin1(masked.subarray(0, 7))}|`,
    },
    {
      name: 'a message that goes on in other frames',
      said: [client(upgrade), server(switching, fragment)],
      told: `${upgrade}|${switching}||${latin1(fragment)}`,
    },
    {
      name: 'the header of a long frame',
      said: [client(upgrade), server(switching, long.subarray(0, 90_000))],
      told: `${upgrade}|${switching}||${latin1(long.subarray(0, 10))}+89990`,
    },
    {
      name: 'nothing of it when it is over',
      said: [client(upgrade), server(switching, long.subarray(0, 90_000)), server(long.subarray(90_000))],
      told: `${upgrade}|${switching}||`,
    },
    {
      name: 'the next request',
      said: [client(get), server('HTTP/1.1 200 OK\nContent-Length: 2\n\no'), client(upgrade), server('k')],
      told: `${upgrade}|||`,
    },
  ])('$name', ({ said, told }) => {
    expect(again(...said)).toBe(told);
  });
});

describe('a hole', () => {
  test('inside a frame is left out', () => {
    const underWay = new UnderWay();
    for (const { from, bytes } of [client(upgrade), server(switching, frame.subarray(0, 3))])
      underWay.follow(from, bytes);
    underWay.lose('server', 2);
    expect(words(underWay)).toBe(`${upgrade}|${switching}||${latin1(frame.subarray(0, 2))}+3`);
    underWay.follow('server', frame.subarray(5));
    expect(words(underWay)).toBe(`${upgrade}|${switching}||`);
  });

  test.each([
    { name: 'beyond it', said: [client(upgrade), server(switching, frame.subarray(0, 3))], length: 5 },
    { name: 'in a head', said: [client(get)], length: 1 },
  ])('$name leaves nothing that would help', ({ said, length }) => {
    const underWay = new UnderWay();
    for (const { from, bytes } of said) underWay.follow(from, bytes);
    underWay.lose('server', length);
    expect(words(underWay)).toBeUndefined();
  });
});
