import type { IncomingMessage, Server } from 'node:http';
import type { WebSocket } from 'ws';
import { type ChatNews, type ChatRoom, jsonObject } from './chat-room.ts';

/** Bytes of the longest message that is read; a longer one closes its socket with 1009. */
const MAX_MESSAGE = 64 * 1024;

/** Milliseconds a client has to answer a close frame. */
const FAREWELL = 300;

/** What the sockets of a server are about. */
interface SocketSubject {
  readonly room: ChatRoom;
  readonly userOf: (request: IncomingMessage) => string;
  /** Milliseconds between two pings. */
  readonly heartbeat: number;
}

/** `GET /socket`: the room over WebSocket, with permessage-deflate for those who offer it. Returns how to end them all. */
export async function serveSockets(server: Server, subject: SocketSubject): Promise<() => void> {
  const { WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({
    server,
    path: '/socket',
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: { threshold: 0 },
  });
  sockets.on('headers', (lines) => lines.push('Server: tare-demo', `Date: ${new Date().toUTCString()}`));
  sockets.on('connection', (socket, request) => serveSocket(socket, subject, subject.userOf(request)));
  return () => {
    for (const socket of sockets.clients) {
      socket.close(1001, 'the server goes home');
      setTimeout(() => socket.terminate(), FAREWELL).unref();
    }
  };
}

function serveSocket(socket: WebSocket, { room, heartbeat }: SocketSubject, user: string): void {
  const leave = room.enter(user, (news) => socket.send(socketText(news)));
  const beat = setInterval(() => socket.ping(), heartbeat);
  socket.on('message', (data) => {
    const { type, text } = jsonObject(String(data)) ?? {};
    if (type === 'say' && typeof text === 'string') room.say(user, text);
    else socket.close(1008, 'expected {"type": "say", "text": "…"}');
  });
  // Whatever broke, the library closes the socket after it.
  socket.on('error', () => {});
  socket.once('close', () => {
    leave();
    clearInterval(beat);
  });
}

function socketText(news: ChatNews): string {
  return JSON.stringify(news.type === 'message' ? { type: news.type, ...news.message } : news);
}
