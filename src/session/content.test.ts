import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chunk, client, server } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { contentOf, wholeContent } from './content.ts';
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

describe('the whole of it', () => {
  const long = 'all of it, '.repeat(50_000);

  /** Zstandard as it may be without compressing: a frame of raw blocks (RFC 8878 section 3.1.1.2). */
  function zstd(text: string): Buffer {
    const blocks = Array.from({ length: Math.ceil(text.length / 100_000) }, (_, index) => {
      const bytes = Buffer.from(text.slice(index * 100_000, (index + 1) * 100_000));
      const header = Buffer.alloc(3);
      header.writeUIntLE((bytes.length << 3) + ((index + 1) * 100_000 >= text.length ? 1 : 0), 0, 3);
      return Buffer.concat([header, bytes]);
    });
    return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...blocks]);
  }

  function whole(coding: string, body: Uint8Array, limit?: number): string | undefined {
    const session = new Session();
    const head = `HTTP/1.1 200 OK\nContent-Encoding: ${coding}\nContent-Length: ${body.length}\n\n`;
    new TapScript(session.take).open().say(client('GET / HTTP/1.1\nHost: a\n\n'), server(head, body));
    return wholeContent(session, 1, limit)?.toString('latin1');
  }

  test.each([
    { coding: 'zstd', body: zstd(long) },
    { coding: 'gzip', body: gzipSync(long) },
    { coding: 'identity', body: Buffer.from(long) },
  ])('in $coding', ({ coding, body }) => {
    expect(whole(coding, body)).toBe(long);
  });

  test('is nothing where it cannot be decompressed', () => {
    expect(whole('zstd', Buffer.from('no zstd at all'))).toBeUndefined();
    expect(whole('unheard-of', Buffer.from('x'))).toBeUndefined();
  });

  test('is nothing where it gives more than is wanted', () => {
    expect(whole('zstd', zstd(long), long.length)).toBe(long);
    expect(whole('zstd', zstd(long), long.length - 1)).toBeUndefined();
    expect(whole('gzip', gzipSync(Buffer.alloc(1 << 20)), 1000)).toBeUndefined();
  });
});
