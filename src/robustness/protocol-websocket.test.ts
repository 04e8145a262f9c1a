import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heldMemory } from '../testing/held-memory.ts';
import { type SharedProxy, startSharedProxy } from '../testing/shared-proxy.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';

let proxy: SharedProxy;
beforeAll(async () => {
  proxy = await startSharedProxy();
});
afterEach(() => proxy.expectToServe());
afterAll(() => proxy[Symbol.asyncDispose]());

const MIB = 1 << 20;
/** The example of RFC 6455 section 1.3. */
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const ACCEPT = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

function asking(fields: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${fields}\r\n`;
}

function agreeing(fields: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${fields}\r\n`;
}

interface Case {
  readonly name: string;
  readonly client?: readonly Buffer[];
  readonly server?: readonly Buffer[];
  /** Of Sec-WebSocket-Extensions, offered and accepted. */
  readonly extension?: string;
  /** Behind the handshake. */
  readonly shows: readonly unknown[];
}

const frame = websocketFrame;
const text = frame({ opcode: 1, payload: 'ok' });
const masked = frame({ opcode: 1, payload: 'ok', key: [1, 2, 3, 4] });
const bytes = (...values: number[]) => Buffer.from(values);

const NEXT = 'server text: framing 2, payload 2';
const rule = (section: string, detail: string) => `server RFC 6455 section ${section}: ${detail}`;
/** A message under way; whether it is a text shows at its end at the latest. */
const cutOff = (weights: string) =>
  expect.stringMatching(new RegExp(`^server (text|binary): ${weights}, cut off$`));

const reservedOpcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  name: `the reserved opcode ${opcode}`,
  server: [frame({ opcode, payload: 'what' }), text],
  shows: [NEXT, 'server undecoded 6', rule('5.2', `the reserved opcode ${opcode}`)],
}));

const reservedBits = [
  { rsv: 4, bits: 'RSV1' },
  { rsv: 2, bits: 'RSV2' },
  { rsv: 1, bits: 'RSV3' },
  { rsv: 7, bits: 'RSV1 and RSV2 and RSV3' },
].map(({ rsv, bits }) => ({
  name: `${bits} without an extension`,
  server: [frame({ opcode: 1, rsv, payload: 'what' }), text],
  shows: [
    'server text: framing 2, payload 4',
    NEXT,
    rule('5.2', `${bits} without an extension that gives a meaning to it`),
  ],
}));

const closeCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code) => ({
  name: `the close code ${code}`,
  server: [frame({ opcode: 8, payload: bytes(code >> 8, code & 255) })],
  shows: [
    `server close ${code}: control 4`,
    rule(code > 1003 && code < 1016 ? '7.4.1' : '7.4.2', `the close code ${code}, which must not be sent`),
  ],
}));

const frames: readonly Case[] = [
  {
    name: 'a ping of 126 bytes',
    server: [frame({ opcode: 9, payload: 'x'.repeat(126) }), text],
    shows: [NEXT, 'server undecoded 130', rule('5.5', 'a control frame of 126 bytes')],
  },
  {
    name: 'a fragmented ping',
    server: [frame({ opcode: 9, fin: false, payload: 'a' }), text],
    shows: ['server ping: control 3', NEXT, rule('5.5', 'a fragmented control frame')],
  },
  {
    name: 'a client that does not mask',
    client: [text],
    shows: [
      'client text: framing 2, payload 2',
      "client RFC 6455 section 5.1: a client's frame without a mask",
    ],
  },
  {
    name: 'a server that masks',
    server: [masked],
    shows: ['server text: framing 6, payload 2', rule('5.1', "a server's frame with a mask")],
  },
  ...([2, 8] as const).map((lengthBytes) => ({
    name: `a short length in ${lengthBytes} bytes`,
    server: [frame({ opcode: 1, payload: 'ok', lengthBytes }), text],
    shows: [
      `server text: framing ${2 + lengthBytes}, payload 2`,
      NEXT,
      rule('5.2', 'a length of 2 in more bytes than it takes'),
    ],
  })),
  {
    name: 'a length with its top bit set',
    server: [frame({ opcode: 1, payload: 'what', length: 1n << 63n }), text],
    shows: ['server undecoded 18', rule('5.2', 'a length with its highest bit set')],
  },
  {
    name: '2^62 bytes announced',
    server: [frame({ opcode: 1, payload: 'what', length: 1n << 62n }), text],
    shows: ['server undecoded 18', 'server limit: a frame of more than 2^53 - 1 bytes'],
  },
  {
    name: '2^52 bytes announced, and the end',
    server: [frame({ opcode: 2, payload: 'what', length: 1n << 52n })],
    shows: [cutOff('framing 10, payload 4'), rule('5.2', 'the stream ended inside a frame')],
  },
  {
    name: 'half a header',
    server: [text.subarray(0, 1)],
    shows: ['server undecoded 1', rule('5.2', 'the stream ended inside a frame')],
  },
  {
    name: 'half a frame',
    server: [text.subarray(0, 3)],
    shows: [cutOff('framing 2, payload 1'), rule('5.2', 'the stream ended inside a frame')],
  },
  {
    name: 'half a ping',
    server: [frame({ opcode: 9, payload: 'what' }).subarray(0, 4)],
    shows: ['server undecoded 4', rule('5.2', 'the stream ended inside a frame')],
  },
];

const messages: readonly Case[] = [
  {
    name: 'half a message',
    server: [frame({ opcode: 1, fin: false, payload: 'half' })],
    shows: [cutOff('framing 2, payload 4'), rule('5.4', 'the stream ended in a message')],
  },
  {
    name: 'a continuation of nothing',
    server: [frame({ opcode: 0, payload: 'what' }), text],
    shows: [NEXT, 'server undecoded 6', rule('5.4', 'a continuation of no message')],
  },
  {
    name: 'a new message inside a fragmented one',
    server: [frame({ opcode: 1, fin: false, payload: 'half' }), text],
    shows: [cutOff('framing 2, payload 4'), NEXT, rule('5.4', 'a new message inside a fragmented one')],
  },
  {
    name: 'a text that is not UTF-8',
    server: [frame({ opcode: 1, payload: bytes(0xff) }), text],
    shows: ['server text: framing 2, payload 1', NEXT, rule('8.1', 'a text that is not UTF-8')],
  },
  {
    name: 'UTF-8 that is broken across frames',
    server: [
      frame({ opcode: 1, fin: false, payload: bytes(0xe2, 0x82) }),
      frame({ opcode: 0, payload: bytes(0x28) }),
      text,
    ],
    shows: ['server text: framing 4, payload 3', NEXT, rule('8.1', 'a text that is not UTF-8')],
  },
  {
    name: 'UTF-8 that is whole across frames',
    server: [
      frame({ opcode: 1, fin: false, payload: bytes(0xe2, 0x82) }),
      frame({ opcode: 0, payload: bytes(0xac) }),
    ],
    shows: ['server text: framing 4, payload 3'],
  },
  {
    name: 'a close code of one byte',
    server: [frame({ opcode: 8, payload: bytes(3) })],
    shows: ['server close: control 3', rule('5.5.1', 'a close code of one byte')],
  },
  {
    name: 'a close reason that is not UTF-8',
    server: [frame({ opcode: 8, payload: bytes(3, 0xe8, 0xff) })],
    shows: ['server close 1000 \ufffd: control 5', rule('8.1', 'a close reason that is not UTF-8')],
  },
  {
    name: 'data after a close',
    server: [frame({ opcode: 8 }), text],
    shows: ['server close: control 2', NEXT, rule('5.5.1', 'data after a close frame')],
  },
];

const compressed: readonly Case[] = [
  {
    name: 'RSV1 on a continuation',
    server: [
      frame({ opcode: 1, fin: false, payload: 'a' }),
      frame({ opcode: 0, rsv: 4, payload: 'b' }),
      text,
    ],
    shows: ['server text: framing 4, payload 2', NEXT, 'server RFC 7692 section 6: RSV1 on a continuation'],
  },
  {
    name: 'RSV1 on a ping',
    server: [frame({ opcode: 9, rsv: 4, payload: 'a' }), text],
    shows: ['server ping: control 3', NEXT, 'server RFC 7692 section 6: RSV1 on a control frame'],
  },
  {
    name: 'garbage for deflate',
    server: [frame({ opcode: 1, rsv: 4, payload: bytes(0xff, 0xff, 0xff) }), text],
    shows: [
      'server text: framing 2, payload 3',
      NEXT,
      'server RFC 7692 section 7.2.2: a message does not inflate: invalid block type',
    ],
  },
].map((one) => ({ ...one, extension: 'permessage-deflate' }));

const all = [...frames, ...reservedOpcodes, ...reservedBits, ...messages, ...closeCodes, ...compressed];

test.each<Case>(all)('$name', async ({ client = [], server = [], extension, shows }) => {
  const fields = extension === undefined ? '' : `Sec-WebSocket-Extensions: ${extension}\r\n`;
  const { rows, faults } = await proxy.meet({
    client: Buffer.concat([Buffer.from(asking(KEY + fields)), ...client]),
    server: Buffer.concat([Buffer.from(agreeing(ACCEPT + fields)), ...server]),
  });
  expect([...rows, ...faults]).toEqual([
    expect.stringMatching(/^client request: head \d+$/),
    expect.stringMatching(/^server response: head \d+$/),
    ...shows,
  ]);
});

test.each([
  {
    name: "another key's",
    accept: ACCEPT.replace('s3pP', 'S3pP'),
    detail: 'Sec-WebSocket-Accept is S3pPLMBiTxaQ9kYGzzhZRbK+xOo= and not s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  },
  { name: 'none', accept: '', detail: 'no Sec-WebSocket-Accept' },
])('Sec-WebSocket-Accept: $name', async ({ accept, detail }) => {
  const asked = Buffer.concat([Buffer.from(asking(KEY)), masked]);
  const { rows, faults } = await proxy.meet({ client: asked, server: agreeing(accept) });
  expect(rows[2]).toBe('client text: framing 6, payload 2');
  expect(faults).toEqual([rule('4.1', detail)]);
});

describe('a deflate bomb: 1 GiB of zeros in 1 MiB', () => {
  const fields = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
  /** 1 MiB, which refers to nothing before it, so that it can be repeated. */
  const zeros = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH });
  const LIMIT = 'server limit: a message inflates to more than 16777216 bytes';

  test.each([
    {
      name: 'in one frame',
      frames: [frame({ opcode: 2, rsv: 4, payload: Buffer.alloc(1000 * zeros.length, zeros) })],
    },
    {
      name: 'in a thousand',
      frames: Array.from({ length: 1000 }, (_, index) =>
        frame({ opcode: index === 0 ? 2 : 0, rsv: index === 0 ? 4 : 0, fin: index === 999, payload: zeros }),
      ),
    },
  ])('$name', async ({ frames }) => {
    const { messages } = proxy.weighed.session;
    const bomb = Buffer.concat([Buffer.from(agreeing(ACCEPT + fields)), ...frames, text]);
    const before = await heldMemory();
    const { rows, faults } = await proxy.meet({ client: asking(KEY + fields), server: bomb });
    expect(rows[2]).toMatch(new RegExp(`^server binary: framing \\d+, payload ${1000 * zeros.length}$`));
    expect(rows[3]).toBe(NEXT);
    expect(faults).toEqual([LIMIT]);
    expect(messages.content(messages.length - 2)).toBeUndefined();
    expect((await heldMemory()) - before).toBeLessThan(16 * MIB);
  });
});
