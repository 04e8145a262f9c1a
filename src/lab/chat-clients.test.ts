import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { beforeAll, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type CertificateAuthority, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { LeafCertificates } from '../proxy/leaf-certificates.ts';
import { startChatClients } from './chat-clients.ts';
import { ChatRoom } from './chat-room.ts';
import { routeThrough } from './chat-route.ts';
import { chatScript } from './chat-script.ts';
import { startChatServer } from './chat-server.ts';
import { SocketClient } from './socket-client.ts';

const everybody = ['Ada', 'Bo', 'Chen', 'Dina', 'Emil', 'Fatou', 'Goran'];

/** Milliseconds that a busy machine may take for what takes 0.2 s. */
const PATIENCE = 20_000;

let authority: CertificateAuthority;
let tls: SecureContext;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chat-clients-'));
  authority = await openCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  tls = await new LeafCertificates(authority).secureContext('127.0.0.1');
});

test('everybody hears everybody, through the proxy', async () => {
  await using chat = await startChat();
  await chat.until(() => everybody.every((user) => speakersHeardBy(chat, user).size === everybody.length));

  const script = new Set(chatScript.map(({ text }) => text));
  expect(chat.heard.filter(({ text }) => !script.has(text))).toEqual([]);
  expect(chat.problems).toEqual([]);
  expect([...new Set(chat.proxy.asked.map((line) => line.replace(/after=\d+/, 'after=N')))].sort()).toEqual([
    ...[chat.plainOrigin, chat.tlsOrigin].map((origin) => `CONNECT ${new URL(origin).host}`).sort(),
    `GET ${chat.plainOrigin}/events`,
    `GET ${chat.plainOrigin}/messages/wait?after=N`,
    `GET ${chat.plainOrigin}/messages?after=N`,
    `POST ${chat.plainOrigin}/messages`,
  ]);
});

test('nobody hears a message twice, or misses one', async () => {
  await using chat = await startChat();
  await chat.until(() => chat.heard.filter(({ by }) => by === 'Ada').length > 50);
  for (const user of everybody) {
    const ids = chat.heard.filter(({ by }) => by === user).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
  }
});

test('the end closes everything, and waits for no answer that is held', async () => {
  const before = openSockets();
  const chat = await startChat();
  await chat.until(() => chat.heard.some(({ by }) => by === 'Goran'));
  await chat.end();
  await vi.waitFor(() => expect(chat.proxy.sockets.size).toBe(0), { interval: 2, timeout: PATIENCE });
  await chat[Symbol.asyncDispose]();
  expect(chat.problems).toEqual([]);
  await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(before), {
    interval: 2,
    timeout: PATIENCE,
  });
});

test('the end comes at once while nobody is connected', async () => {
  const chat = await startChat();
  await chat[Symbol.asyncDispose]();
  expect(chat.problems).toEqual([]);
});

test('who is cut off says so and comes back', async () => {
  await using chat = await startChat();
  await chat.until(() => chat.heard.some(({ by }) => by === 'Goran'));
  for (const socket of chat.proxy.sockets) socket.destroy();
  const cutAt = chat.heard.length;
  await chat.until(() => everybody.every((user) => chat.heard.slice(cutAt).some(({ by }) => by === user)));
  expect(chat.problems).toContain('Dina (WebSocket): the connection was cut off');
  expect(chat.problems.join('')).not.toContain('\n');
});

test.each([
  { name: 'refuses', refusal: 502, told: /502/ },
  { name: 'is not there', refusal: undefined, told: /ECONNREFUSED/ },
])('a proxy that $name is a problem of everybody, and no crash', async ({ refusal, told }) => {
  await using chat = await startChat({ refusal });
  if (refusal === undefined) await chat.proxy[Symbol.asyncDispose]();
  await chat.until(() =>
    everybody.every((user) => chat.problems.some((line) => line.startsWith(user) && told.test(line))),
  );
});

test('without the right authority only those over TLS have a problem', async () => {
  await using chat = await startChat({ ca: '' });
  await chat.until(() =>
    ['Fatou', 'Goran'].every((user) => chat.problems.some((line) => line.startsWith(user))),
  );
  expect(chat.problems.filter((line) => !/^(Fatou|Goran) .*certificate/.test(line))).toEqual([]);
});

test('a WebSocket is closed with 1000', async () => {
  await using proxy = await startStandIn();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const goodbye = new AbortController();
  const { signal } = goodbye;
  const route = routeThrough(proxy, origin, signal);
  const seat = { user: 'Dina', route, signal, heard: () => goodbye.abort() };
  const listening = new SocketClient(seat, false).listen();
  const [socket] = await once(server, 'connection');
  socket.send(JSON.stringify(new ChatRoom().say('Ada', 'Bye')));
  expect(await once(socket, 'close')).toEqual([1000, Buffer.from('goodbye')]);
  await listening;
  server.close();
});

interface Heard {
  readonly by: string;
  readonly id: number;
  readonly user: string;
  readonly text: string;
}

/** Two servers that share a room, the proxy, and everybody at a pace that no person could follow. */
async function startChat(twist: { readonly refusal?: number | undefined; readonly ca?: string } = {}) {
  const room = new ChatRoom();
  const [plain, secure] = await Promise.all([startChatServer({ room }), startChatServer({ room, tls })]);
  const proxy = await startStandIn(twist.refusal);
  const goodbye = new AbortController();
  const heard: Heard[] = [];
  const problems: string[] = [];
  const { finished } = startChatClients({
    proxy,
    plainOrigin: plain.url,
    tlsOrigin: secure.url,
    ca: twist.ca ?? authority.certificatePem,
    signal: goodbye.signal,
    onProblem: (line) => problems.push(line),
    onHeard: (by, message) => heard.push({ by, ...message }),
    pace: 4,
  });
  return {
    plainOrigin: plain.url,
    tlsOrigin: secure.url,
    proxy,
    heard,
    problems,
    until: (isSo: () => boolean) => vi.waitUntil(isSo, { interval: 2, timeout: PATIENCE }),
    end() {
      goodbye.abort();
      return finished;
    },
    async [Symbol.asyncDispose]() {
      await this.end();
      await Promise.all([plain, secure, proxy].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

function speakersHeardBy(chat: { readonly heard: readonly Heard[] }, listener: string): Set<string> {
  return new Set(chat.heard.filter(({ by }) => by === listener).map(({ user }) => user));
}

/** The least that a proxy does: absolute form and CONNECT, or the same refusal to all. */
async function startStandIn(refusal?: number) {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refusal) return response.writeHead(refusal).end();
    const { method, headers } = request;
    const onward = httpRequest(request.url!, { method: method!, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket) => {
    asked.push(`${request.method} ${request.url}`);
    if (refusal) return client.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`);
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from
        .on('error', () => to.destroy())
        .on('close', () => to.destroy())
        .pipe(to);
    }
  });
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    asked,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Of this process. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
}
