import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import type { TapEvent } from '../tap.ts';
import {
  chunk,
  client,
  gzippedEventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { RawDeflater } from '../testing/raw-deflater.ts';
import { TapScript } from '../testing/tap-script.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { BlockMemory } from './block-memory.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';

const KEY = [9, 8, 7, 6];
const long = Buffer.alloc(70_000, 'x');

const streamed: readonly Said[] = [
  client('GET /events HTTP/1.1\nHost: chat.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n'),
  ...[1, 2, 3, 4].map((number) => server(chunk(`data: ${number}\n\n`))),
  server(chunk(Buffer.concat([Buffer.from('data: '), long, Buffer.from('\n\n')]))),
  server(chunk('data: 6\n\n'), '0\n\n'),
  ...http.slice(0, 2),
];

const endless: readonly Said[] = [
  client('GET /events HTTP/1.1\nHost: chat.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n'),
  ...[1, 2, 3, 4, 5].map((number) => server(`data: ${number}\n\n`)),
];

const socket: readonly Said[] = [
  ...webSocket.slice(0, 2),
  server(websocketFrame({ opcode: 2, payload: long })),
  server(websocketFrame({ opcode: 1, payload: 'after' })),
  client(websocketFrame({ opcode: 2, payload: long, key: KEY })),
  ...webSocket.slice(2),
];

const download: readonly Said[] = [
  client('POST / HTTP/1.1\nHost: chat.example\nContent-Length: 70000\n\n', long),
  server('HTTP/1.1 200 OK\nContent-Length: 70000\n\n', long),
  ...http.slice(0, 5), // without pipelining: who sends the next request before the answer is rare
];

/** What one connection says, cut into pieces. */
function script(said: readonly Said[], pieces: readonly number[]): TapEvent[] {
  const events: TapEvent[] = [];
  const script = new TapScript((event) => events.push(event)).open();
  let turn = 0;
  for (const { from, bytes } of said) {
    for (let start = 0; start < bytes.length; ) {
      const isMuch = bytes.length - start > 1_000;
      const piece = (pieces[turn++ % pieces.length] ?? bytes.length) * (isMuch ? 1_000 : 1);
      script.say({ from, bytes: bytes.subarray(start, start + piece) });
      start += piece;
    }
  }
  script.close('stopped');
  return events;
}

interface Message {
  readonly from: string;
  readonly kind: string;
  readonly payload: number;
  readonly complete: boolean;
}

/** What is longer is not said again. */
function isKept({ payload }: Message): boolean {
  return payload < 65_000;
}

/** A session, and how many messages it had told of before each event. */
function weigh(events: readonly TapEvent[]): { session: Session; told: Message[]; before: number[] } {
  const session = new Session();
  const told: Message[] = [];
  const before: number[] = [];
  session.watch((change) => {
    if (change.type !== 'message') return;
    const { from, kind, payload, complete } = session.messages.row(change.message);
    told.push({ from, kind, payload, complete });
  });
  for (const event of events) {
    before.push(told.length);
    session.take(event);
  }
  return { session, told, before };
}

/** The two files of a recording of which the second begins before the event with that index; the second as it is read by itself. */
function recorded(events: readonly TapEvent[], turn: number): { all: Buffer; second: TapEvent[] } {
  const writer = new PacketWriter(0n, new BlockMemory(), true);
  const first = events.slice(0, turn).flatMap((event) => writer.take(event));
  writer.beginFile();
  const rest = Buffer.concat(events.slice(turn).flatMap((event) => writer.take(event)));
  return { all: Buffer.concat([...first, rest]), second: read(rest) };
}

/** In a line, without its time. */
function line({ at: _, type, connection, ...event }: TapEvent): string {
  const told = 'bytes' in event ? { ...event, bytes: Buffer.from(event.bytes).toString('base64') } : event;
  return `${connection} ${type} ${JSON.stringify(told)}`;
}

function read(file: Uint8Array): TapEvent[] {
  const told: TapEvent[] = [];
  const source = new PacketSource((event) =>
    told.push(event.type === 'bytes' ? { ...event, bytes: Uint8Array.from(event.bytes) } : event),
  );
  const decoder = new CaptureDecoder();
  for (const record of [...decoder.push(file), ...decoder.end()]) source.take(record);
  source.end();
  return told;
}

/** Bytes; thousands of them where many are left. */
const pieces = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 10 });

describe.each([
  { name: 'a WebSocket', said: socket },
  { name: 'an event stream in chunks', said: streamed },
  { name: 'an event stream without an end', said: endless },
  { name: 'an upload, a download and what comes after them', said: download },
])('a next file tells of $name', ({ said }) => {
  test('each message that it has the end of', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (cuts, number) => {
        const events = script(said, cuts);
        const turn = 1 + (number % (events.length - 1));
        const { told, before } = weigh(events);
        const { session, told: second } = weigh(recorded(events, turn).second);
        const expected = told.slice(before[turn]).filter(isKept);
        for (const from of ['client', 'server']) {
          const isTheirs = (message: Message) => message.from === from;
          const theirs = expected.filter(isTheirs);
          expect(
            second
              .filter(isKept)
              .filter(isTheirs)
              .slice(-theirs.length || Infinity),
          ).toEqual(theirs);
        }
        expect(session.faults.filter(({ rule }) => rule !== 'capture')).toEqual([]);
        expect(session.audit().imbalances).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });

  test('nothing that the file before it told, where they are read as one', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (cuts, number) => {
        const events = script(said, cuts);
        const { all } = recorded(events, 1 + (number % (events.length - 1)));
        expect(read(all).map(line)).toEqual(events.map(line));
      }),
      { numRuns: 6 },
    );
  });
});

test('a compressed event stream is said again as a whole, for its events to be read', async () => {
  const events = script(await gzippedEventStream(), [40]);
  const { told } = weigh(events);
  for (let turn = 1; turn < events.length; turn++) {
    const { session, told: second } = weigh(recorded(events, turn).second);
    const last = ({ kind }: Message) => kind === 'event' || kind === 'comment';
    // How much of the compressed bytes is whose depends on where they were cut.
    expect(second.filter(last).map(({ kind }) => kind)).toEqual(told.filter(last).map(({ kind }) => kind));
    expect(session.faults.filter(({ rule }) => rule !== 'capture')).toEqual([]);
  }
});

describe('a WebSocket that compresses', () => {
  const upgrade = [
    client(
      'GET / HTTP/1.1\nHost: chat.example\nUpgrade: websocket\nConnection: Upgrade\n',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Extensions: permessage-deflate\n\n',
    ),
    server(
      'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\nSec-WebSocket-Extensions: permessage-deflate\n\n',
    ),
  ];

  test('goes on in the next file without what was said before, and is blamed for nothing', () => {
    const deflater = new RawDeflater();
    const texts = ['the same words again', 'the same words again', 'the same words again'];
    const messages = texts.map((text) =>
      server(
        websocketFrame({ opcode: 1, rsv: 4, payload: deflater.flushed(Buffer.from(text)).subarray(0, -4) }),
      ),
    );
    const events = script([...upgrade, ...messages], [100]);
    const { session, told } = weigh(recorded(events, events.length - 2).second);
    expect(told.map(({ kind }) => kind)).toEqual(['request', 'response', 'text']);
    expect(session.faults.map(({ rule }) => rule)).toEqual(['capture']);
    expect(session.messages.row(2).contentLength).toBe(0);
  });
});
