import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type Server as NetServer } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { streamEvents } from './chat-events.ts';
import { answer, answerPoll, answerSpeaking, answerWait } from './chat-polling.ts';
import { ChatRoom } from './chat-room.ts';
import { serveSockets } from './chat-sockets.ts';

/** Longer than browsers hold an idle connection, as most servers in the field have it. In milliseconds. */
const KEEP_ALIVE = 65_000;

interface ChatServerOptions {
  /** Where present the server speaks TLS with it, whatever name it is asked for, or none. */
  readonly tls?: SecureContext;
  /** The room it serves; a new one otherwise. */
  readonly room?: ChatRoom;
  /** Milliseconds between two signs of life on a stream or socket. */
  readonly heartbeat?: number;
  /** Milliseconds that a long poll is held. */
  readonly patience?: number;
}

interface ChatServer extends AsyncDisposable {
  /** An origin without a path: 'http://127.0.0.1:40123'. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
}

/** Starts a chat on a free port of this machine that speaks polling, long polling, server-sent events and WebSocket. */
export async function startChatServer(options: ChatServerOptions = {}): Promise<ChatServer> {
  const { tls, room = new ChatRoom(), heartbeat = 5000, patience = 5000 } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    route(request, response, { room, heartbeat, patience }).catch(() => response.destroy());
  });
  const farewell = await serveSockets(server, { room, userOf, heartbeat });
  const entrance = tls ? tlsEntrance(server, tls) : server;
  const { address, port } = await listening(entrance);
  return {
    url: `${tls ? 'https' : 'http'}://${address}:${port}`,
    address,
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => entrance.close(resolve));
      farewell();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Subject {
  readonly room: ChatRoom;
  readonly heartbeat: number;
  readonly patience: number;
}

async function route(request: IncomingMessage, response: ServerResponse, subject: Subject): Promise<void> {
  const { room, heartbeat, patience } = subject;
  response.setHeader('Server', 'tare-demo');
  const [path, query] = (request.url ?? '/').split('?', 2);
  const parameters = new URLSearchParams(query);
  const after = Number(parameters.get('after')) || 0;
  switch (`${request.method} ${path}`) {
    case 'POST /messages':
      return answerSpeaking(request, response, room);
    case 'GET /messages':
      return answerPoll(request, response, room, after);
    case 'GET /messages/wait':
      return answerWait(response, room, after, patience);
    case 'GET /events': {
      const gzip = parameters.has('gzip') && /\bgzip\b/.test(String(request.headers['accept-encoding']));
      return streamEvents(request, response, { room, user: userOf(request), gzip, heartbeat });
    }
    default:
      return answer(response, 404, { error: 'try /messages, /messages/wait, /events or /socket' });
  }
}

/** The name that the cookie `user` gives. */
function userOf(request: IncomingMessage): string {
  return /(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'guest';
}

/**
 * Takes TLS connections for an HTTP server. Not `https.createServer`, which asks for a secure context only where the
 * client names a host: one that connects to an IP address does not (RFC 6066 section 3).
 */
function tlsEntrance(server: Server, secureContext: SecureContext): NetServer {
  return createNetServer((socket) => {
    const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
    // A client that refuses the certificate or goes away; the server takes its own note of later errors.
    secured.once('error', () => secured.destroy());
    server.emit('connection', secured);
  });
}

async function listening(server: NetServer): Promise<{ readonly address: string; readonly port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('the chat server has no port');
  return place;
}
