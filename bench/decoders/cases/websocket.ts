import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { constants, createDeflateRaw } from 'node:zlib';
import * as ws from 'ws';
import { openInflater } from '../../../src/decoders/content-encoding.ts';
import type { AgreedExtensions } from '../../../src/decoders/websocket/extensions.ts';
import { WebSocketConversation } from '../../../src/decoders/websocket/websocket-conversation.ts';
import type { Side } from '../../../src/tap.ts';
import { websocketFrame } from '../../../src/testing/websocket-frame.ts';
import type { Contender, DecoderCase, Stream, Tally } from '../decoder-case.ts';

/** What the types of ws leave out of what it exports. */
const { Receiver, PerMessageDeflate } = ws as unknown as {
  readonly Receiver: new (options: object) => Writable;
  readonly PerMessageDeflate: new (options: object) => Deflate;
};

interface Deflate {
  accept(offers: readonly object[]): void;
  cleanup(): void;
}

const TEXT = 1;
const BINARY = 2;
/** RSV1: the message is compressed (RFC 7692 section 6). */
const COMPRESSED = 4;
const MASK_KEY = [0x37, 0xfa, 0x21, 0x3d];
const SMALL_BYTES = 125;
const LARGE_BYTES = 65_536;

/** With the window kept from message to message, as browsers and ws agree on unless told otherwise. */
const TAKEOVER = { takeover: true, windowBits: 15 };

export const webSockets: readonly DecoderCase[] = [
  {
    name: 'ws, text of 125 B',
    messages: 200_000,
    stream: (messages) => repeated(websocketFrame({ opcode: TEXT, payload: tick(0) }), SMALL_BYTES, messages),
    contenders: contenders('server', false),
  },
  {
    name: 'ws, masked text of 125 B',
    messages: 200_000,
    stream: (messages) => {
      const frame = websocketFrame({ opcode: TEXT, payload: tick(0), key: MASK_KEY });
      return repeated(frame, SMALL_BYTES, messages);
    },
    contenders: contenders('client', false),
  },
  {
    name: 'ws, binary of 64 KiB',
    messages: 1_000,
    stream: (messages) => {
      const frame = websocketFrame({ opcode: BINARY, payload: Buffer.alloc(LARGE_BYTES, 0xa5) });
      return repeated(frame, LARGE_BYTES, messages);
    },
    contenders: contenders('server', false),
  },
  {
    name: 'ws, deflated text of 125 B',
    messages: 10_000,
    stream: deflated,
    contenders: contenders('server', true),
  },
];

/** JSON of 125 B, half of it beyond compression. */
function tick(index: number): string {
  const token = createHash('sha256').update(String(index)).digest('hex');
  return `{"type":"tick","symbol":"S${index % 97}","price":${100 + (index % 1000) / 8},"token":"${token}"}`.padEnd(
    SMALL_BYTES,
  );
}

function repeated(frame: Buffer, payload: number, messages: number): Stream {
  return {
    bytes: Buffer.alloc(frame.length * messages, frame),
    tally: { messages, payload: payload * messages, fields: 0 },
  };
}

/** Each message ends where the compressor flushes, and goes without the flush's last four bytes (RFC 7692 section 7.2.1). */
async function deflated(messages: number): Promise<Stream> {
  const compressor = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  const frames: Buffer[] = [];
  for (let index = 0; index < messages; index++) {
    await new Promise((written) => compressor.write(tick(index), written));
    const bytes: Buffer = compressor.read(); // all of it, where `data` may bring it in two
    frames.push(websocketFrame({ opcode: TEXT, rsv: COMPRESSED, payload: bytes.subarray(0, -4) }));
  }
  compressor.close();
  return {
    bytes: Buffer.concat(frames),
    tally: { messages, payload: SMALL_BYTES * messages, fields: 0 },
  };
}

function contenders(from: Side, isDeflated: boolean): readonly Contender[] {
  return [
    { name: 'tare', open: (chunks) => () => ours(from, isDeflated, chunks) },
    { name: 'ws', open: (chunks) => () => receivers(from, isDeflated, chunks) },
  ];
}

function ours(from: Side, isDeflated: boolean, chunks: readonly Buffer[]): Tally {
  const deflate = isDeflated ? { client: TAKEOVER, server: TAKEOVER } : undefined;
  const extensions: AgreedExtensions = { deflate, unknown: [] };
  const conversation = new WebSocketConversation({
    origin: { exchange: 1, isOpen: true, client: 0, server: 0 },
    extensions,
    openInflater: (windowBits, limit) => openInflater('deflate-raw', limit, windowBits),
  });
  let messages = 0;
  let payload = 0;
  let parts = 0; // of the message in progress, as carried
  for (const chunk of chunks) {
    for (const event of conversation.push(from, chunk)) {
      if (event.type === 'message-part') parts += event.bytes.length;
      if (event.type !== 'message') continue;
      messages++;
      payload += event.content?.length ?? parts + event.bytes.length;
      parts = 0;
    }
  }
  return { messages, payload, fields: 0 };
}

/** ws as its sockets use it; it inflates in zlib's threads, one message after another. */
async function receivers(from: Side, isDeflated: boolean, chunks: readonly Buffer[]): Promise<Tally> {
  const deflate = isDeflated ? new PerMessageDeflate({ isServer: from === 'client' }) : undefined;
  deflate?.accept([{}]);
  const receiver = new Receiver({
    isServer: from === 'client',
    extensions: deflate ? { 'permessage-deflate': deflate } : {},
  });
  let messages = 0;
  let payload = 0;
  receiver.on('message', (data: Buffer) => {
    messages++;
    payload += data.length;
  });
  const done = once(receiver, 'finish');
  for (const chunk of chunks) receiver.write(chunk);
  receiver.end();
  await done;
  deflate?.cleanup();
  return { messages, payload, fields: 0 };
}
