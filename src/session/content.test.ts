import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chunk, client, server } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { contentOf } from './content.ts';
import { Session } from './session.ts';

const text = 'The quick brown fox. '.repeat(500);

/** What the application got of a response with this coding and body, in pieces of 100 bytes. */
function content(coding: string, body: Uint8Array, limit = 100): string | undefined {
  const session = new Session();
  const pieces = Array.from({ length: Math.ceil(body.length / 100) }, (_, index) =>
    server(chunk(body.subarray(index * 100, index * 100 + 100))),
  );
  new TapScript(session.take)
    .open()
    .say(client('GET / HTTP/1.1\nHost: a\n\n'))
    .say(server(`HTTP/1.1 200 OK\nContent-Encoding: ${coding}\nTransfer-Encoding: chunked\n\n`))
    .say(...pieces, server('0\n\n'));
  return contentOf(session, session.messages.length - 1, limit)?.toString('latin1');
}

describe('of responses', () => {
  test.each([
    { coding: 'gzip', body: gzipSync(text) },
    { coding: 'x-gzip', body: gzipSync(text) },
    { coding: 'deflate', body: deflateSync(text) },
    { coding: 'br', body: brotliCompressSync(text) },
    { coding: 'identity', body: Buffer.from(text) },
  ])('$coding', ({ coding, body }) => {
    expect(content(coding, body)).toBe(text.slice(0, 100));
    expect(content(coding, body, 1e9)).toBe(text);
  });

  test('what cannot be inflated is shown as it came', () => {
    expect(content('gzip', Buffer.from('no gzip at all'))).toBe('no gzip at all');
    expect(content('unheard-of', Buffer.from('whatever'))).toBe('whatever');
  });

  test('nothing is nothing', () => {
    expect(content('gzip', Buffer.alloc(0))).toBe('');
  });
});

test('of a request', () => {
  const session = new Session();
  const body = gzipSync('sent');
  const head = `POST / HTTP/1.1\nHost: a\nContent-Encoding: gzip\nContent-Length: ${body.length}\n\n`;
  new TapScript(session.take).open().say(client(head, body));
  expect(contentOf(session, 0, 100)?.toString()).toBe('sent');
});
