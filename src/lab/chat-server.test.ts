import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { LeafCertificates } from '../proxy/leaf-certificates.ts';
import { ChatRoom } from './chat-room.ts';
import { startChatServer } from './chat-server.ts';

const json = { 'Content-Type': 'application/json' };

test('a message is posted, polled, and polled again in vain', async () => {
  await using server = await startChatServer();
  const posted = await fetch(`${server.url}/messages`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ user: 'Ada', text: '你好 🍵' }),
  });
  expect(posted.status).toBe(201);
  expect(posted.headers.get('location')).toBe('/messages?after=0');
  expect(posted.headers.get('server')).toBe('tare-demo');

  const polled = await fetch(`${server.url}/messages?after=0`);
  expect(polled.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await polled.json()).toMatchObject([{ id: 1, user: 'Ada', text: '你好 🍵' }]);

  const empty = await fetch(`${server.url}/messages?after=1`);
  expect(empty.status).toBe(204);
  const tag = empty.headers.get('etag')!;
  const again = await fetch(`${server.url}/messages?after=1`, { headers: { 'If-None-Match': tag } });
  expect(again.status).toBe(304);
});

test.each([
  { name: 'no JSON', path: '/messages', body: 'hello', status: 400 },
  { name: 'JSON null', path: '/messages', body: 'null', status: 400 },
  { name: 'a text that is none', path: '/messages', body: '{"user":"Ada","text":1}', status: 400 },
  { name: 'a long body', path: '/messages', body: 'x'.repeat(20_000), status: 413 },
  { name: 'another path', path: '/elsewhere', body: '{}', status: 404 },
])('$name is answered $status', async ({ path, body, status }) => {
  await using server = await startChatServer();
  const response = await fetch(server.url + path, { method: 'POST', headers: json, body });
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('error');
});

test('a long poll is held until somebody speaks', async () => {
  const room = new ChatRoom();
  await using server = await startChatServer({ room });
  const listen = vi.spyOn(room, 'listen');
  const waiting = fetch(`${server.url}/messages/wait?after=0`);
  await vi.waitFor(() => expect(listen).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
  room.say('Bo', 'now');
  expect(await (await waiting).json()).toMatchObject([{ id: 1, user: 'Bo', text: 'now' }]);
});

test('a long poll without news is answered 204, with news at once', async () => {
  const room = new ChatRoom();
  await using server = await startChatServer({ room, patience: 10 });
  expect((await fetch(`${server.url}/messages/wait?after=0`)).status).toBe(204);
  room.say('Bo', 'early');
  expect((await fetch(`${server.url}/messages/wait?after=0`)).status).toBe(200);
});

test('an event stream begins with retry, tells presence and messages, and stays alive', async () => {
  const room = new ChatRoom();
  await using server = await startChatServer({ room, heartbeat: 10 });
  const response = await fetch(`${server.url}/events`, { headers: { Cookie: 'theme=dark; user=Chen' } });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const stream = textOf(response);
  expect(await stream.until('\n\n')).toBe('retry: 2000\n\n');
  expect(await stream.until('\n\n')).toBe('event: presence\ndata: {"online":["Chen"]}\n\n');
  const message = room.say('Chen', '大家好');
  expect(await stream.until('id: 1\nevent: message\n')).toContain('id: 1\n');
  expect(await stream.until('\n\n')).toBe(`data: ${JSON.stringify(message)}\n\n`);
  await stream.until(': keep-alive\n\n');
});

test('an event stream goes on after the Last-Event-ID', async () => {
  const room = new ChatRoom();
  for (const text of ['one', 'two', 'three']) room.say('Ada', text);
  await using server = await startChatServer({ room });
  const stream = textOf(await fetch(`${server.url}/events`, { headers: { 'Last-Event-ID': '1' } }));
  const missed = await stream.until('event: presence');
  expect(missed.match(/^id: .*$/gm)).toEqual(['id: 2', 'id: 3']);
});

test('a gzipped event stream gives each event as it happens', async () => {
  const room = new ChatRoom();
  await using server = await startChatServer({ room });
  const response = await fetch(`${server.url}/events?gzip`, { headers: { 'Accept-Encoding': 'gzip' } });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  const stream = textOf(response); // fetch inflates it
  await stream.until('presence');
  room.say('Goran', 'squeezed');
  expect(await stream.until('squeezed')).toContain('event: message');
});

test('who cannot read gzip does not get it', async () => {
  await using server = await startChatServer();
  const response = await fetch(`${server.url}/events?gzip`, { headers: { 'Accept-Encoding': 'br' } });
  expect(response.headers.get('content-encoding')).toBeNull();
});

test.each([
  { name: 'plain', perMessageDeflate: false, extensions: '' },
  { name: 'deflated', perMessageDeflate: true, extensions: 'permessage-deflate' },
])('a $name WebSocket takes and gives messages, and is pinged', async ({ perMessageDeflate, extensions }) => {
  await using server = await startChatServer({ heartbeat: 10 });
  const socket = new WebSocket(`${server.url}/socket`, {
    perMessageDeflate,
    headers: { Cookie: 'user=Dina' },
  });
  const upgraded = once(socket, 'upgrade');
  const [presence] = await once(socket, 'message');
  expect(JSON.parse(String(presence))).toEqual({ type: 'presence', online: ['Dina'] });
  expect((await upgraded)[0].headers.server).toBe('tare-demo');
  expect(socket.extensions).toBe(extensions);

  socket.send('{"type":"say","text":"grüezi"}');
  const [message] = await once(socket, 'message');
  expect(JSON.parse(String(message))).toMatchObject({ type: 'message', id: 1, user: 'Dina', text: 'grüezi' });
  await once(socket, 'ping');

  socket.send('nonsense');
  expect((await once(socket, 'close'))[0]).toBe(1008);
});

test('the end of the server ends what is open', async () => {
  const room = new ChatRoom();
  const server = await startChatServer({ room });
  const stream = textOf(await fetch(`${server.url}/events`));
  const held = fetch(`${server.url}/messages/wait?after=0`);
  const socket = new WebSocket(`${server.url}/socket`);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await Promise.all([
    server[Symbol.asyncDispose](),
    expect(held).rejects.toThrow(),
    expect(stream.until('never')).rejects.toThrow(),
  ]);
  expect((await closed)[0]).toBe(1001);
});

test('over TLS, for a name and for an address', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chat-server-'));
  const authority = await openCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  const tls = await new LeafCertificates(authority).secureContext('127.0.0.1');
  await using server = await startChatServer({ tls });
  expect(server.url).toMatch(/^https:/);
  for (const name of [{}, { servername: 'localhost', checkServerIdentity: () => undefined }]) {
    const request = httpsGet(`${server.url}/messages`, {
      ca: authority.certificatePem,
      agent: false,
      ...name,
    });
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(204);
    response.resume();
  }
});

/** A response's text, piece by piece. */
function textOf(response: Response): { until(end: string): Promise<string> } {
  const parts = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let waiting = '';
  return {
    /** What comes up to and with `end`. */
    async until(end) {
      while (!waiting.includes(end)) {
        const { value, done } = await parts.next();
        if (done) throw new Error(`the stream ended before ${end}`);
        waiting += value;
      }
      const cut = waiting.indexOf(end) + end.length;
      const found = waiting.slice(0, cut);
      waiting = waiting.slice(cut);
      return found;
    },
  };
}
