import { once } from 'node:events';
import { type ClientRequest, createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { arrival } from '../arrival.ts';
import { type Origin, startOrigin } from '../origin/origin.ts';
import { Repetition } from '../repetition.ts';
import { selfSigned } from '../self-signed.ts';
import { EVENT } from './event-stream.ts';
import { requestFor } from './http.ts';
import { CLIENT_FRAME, HANDSHAKE_ANSWER, handshakeFor, LARGE_FRAME, MESSAGE } from './websocket.ts';

/** Whether the prebuilt bytes mean what they should is for others to say: Node's http and ws. */

let origin: Origin;
beforeAll(async () => {
  origin = await startOrigin(await selfSigned());
});
afterAll(() => origin.close());

test("Node's client reads each answer and asks again on the same connection", async () => {
  const answers = [await answered(get(urlOf('/answer'))), await answered(get(urlOf('/answer')))];
  for (const { response, body } of answers) {
    expect(response.statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ user: 'ada' });
  }
  expect(answers[1]!.request.reusedSocket).toBe(true);
});

test("Node's client reads every event of the chunked stream to its end", async () => {
  const { response, body } = await answered(get(urlOf('/events?units=3'), { agent: false }));
  expect(response.headers['content-type']).toBe('text/event-stream');
  expect(response.complete).toBe(true);
  expect(body).toBe(EVENT.repeat(3));
  expect(EVENT).toMatch(/^id: .+\nevent: .+\ndata: .+\n\n$/);
  expect(EVENT).toHaveLength(100);
});

test.each(['http://127.0.0.1:80/path', '/path'])("Node's server reads the request for %s", async (target) => {
  await using server = await listening(
    createServer((request, response) => response.end(JSON.stringify(request.headers))),
  );
  const heard = once(server.http, 'request');
  connect(server.port, '127.0.0.1').end(requestFor(target, '127.0.0.1:80'));
  const [request]: IncomingMessage[] = await heard;
  expect(request).toMatchObject({ method: 'GET', url: target, headers: { host: '127.0.0.1:80' } });
});

test('ws reads the answer to its handshake and every message the server floods', async () => {
  const messages: string[] = [];
  const client = new WebSocket(urlOf('/flood?units=600').replace('http:', 'ws:'));
  client.on('message', (data) => messages.push(data.toString()));
  await expect.poll(() => messages.length).toBe(600);
  client.terminate();
  expect(new Set(messages)).toEqual(new Set([MESSAGE.toString()]));
});

test('ws reads messages of 64 KiB', async () => {
  const messages: RawData[] = [];
  const client = new WebSocket(urlOf('/large?units=3').replace('http:', 'ws:'));
  client.on('message', (data) => messages.push(data));
  await expect.poll(() => messages.length).toBe(3);
  client.terminate();
  for (const message of messages) expect(message).toEqual(LARGE_FRAME.subarray(-65_536));
});

test("ws reads a client's handshake, answers with the very bytes we expect, and reads its masked messages", async () => {
  await using server = await listening(createServer());
  const messages: string[] = [];
  new WebSocketServer({ server: server.http }).on('connection', (socket) => {
    socket.on('message', (data) => messages.push(data.toString()));
  });
  const client = connect(server.port, '127.0.0.1');
  client.write(handshakeFor('/', '127.0.0.1'));
  await arrival(client, new Repetition({ unit: HANDSHAKE_ANSWER, count: 1 }));
  client.write(Buffer.concat([CLIENT_FRAME, CLIENT_FRAME]));
  await expect.poll(() => messages).toEqual([MESSAGE.toString(), MESSAGE.toString()]);
  client.destroy();
});

function urlOf(path: string): string {
  return `http://127.0.0.1:${origin.ports.plain}${path}`;
}

async function answered(request: ClientRequest) {
  const [response]: IncomingMessage[] = await once(request, 'response');
  let body = '';
  for await (const bytes of response!) body += bytes;
  return { request, response: response!, body };
}

async function listening(http: ReturnType<typeof createServer>) {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    http,
    port,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
    },
  };
}
