import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ChatRoom, jsonObject } from './chat-room.ts';

/** Bytes of a request body that are read before the answer is 413. */
const MAX_BODY = 16 * 1024;

/** `POST /messages`: says what the JSON body `{user, text}` holds. */
export async function answerSpeaking(
  request: IncomingMessage,
  response: ServerResponse,
  room: ChatRoom,
): Promise<void> {
  const body = await textOf(request);
  if (body === undefined) return answer(response, 413, { error: `at most ${MAX_BODY} bytes` });
  const { user, text } = jsonObject(body) ?? {};
  if (typeof user !== 'string' || typeof text !== 'string') {
    return answer(response, 400, { error: 'the body should be {"user": "…", "text": "…"}' });
  }
  const message = room.say(user, text);
  response.setHeader('Location', `/messages?after=${message.id - 1}`);
  answer(response, 201, message);
}

/**
 * `GET /messages?after=N`: short polling. Without news the answer is 204 with an ETag, and 304 to a client that
 * shows this ETag (RFC 9110 section 13.1.2).
 */
export function answerPoll(
  request: IncomingMessage,
  response: ServerResponse,
  room: ChatRoom,
  after: number,
): void {
  const messages = room.after(after);
  const tag = `"${after}-${messages.at(-1)?.id ?? after}"`;
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) answer(response, 304);
  else if (messages.length === 0) answer(response, 204);
  else answer(response, 200, messages);
}

/** `GET /messages/wait?after=N`: long polling; 204 when nobody said a word within `patience` milliseconds. */
export function answerWait(response: ServerResponse, room: ChatRoom, after: number, patience: number): void {
  const early = room.after(after);
  if (early.length > 0) {
    answer(response, 200, early);
    return;
  }

  const stop = room.listen((news) => {
    if (news.type === 'message') answer(response, 200, [news.message]);
  });
  const timer = setTimeout(() => answer(response, 204), patience);
  // 'close' comes after an answer as well as when the client is gone.
  response.once('close', () => {
    stop();
    clearTimeout(timer);
  });
}

/** Answers with JSON, or with no body at all; a second answer to one request is ignored. */
export function answer(response: ServerResponse, status: number, content?: unknown): void {
  if (response.writableEnded) return;
  response.setHeader('Cache-Control', 'no-cache');
  if (content === undefined) {
    response.writeHead(status).end();
    return;
  }
  const body = JSON.stringify(content);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** The request's body, or undefined when it is too long. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY) return undefined;
  }
  return text;
}
