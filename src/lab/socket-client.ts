import type { WebSocket } from 'ws';
import { browserFields } from './browser-fields.ts';
import type { ChatClient, Seat } from './chat-client.ts';
import { isChatMessage, jsonObject } from './chat-room.ts';

/** Milliseconds the server has to answer the close frame. */
const FAREWELL = 300;

/** Milliseconds the server has to answer the handshake. */
const MAX_HANDSHAKE = 10_000;

/** Receives and speaks over one WebSocket. */
export class SocketClient implements ChatClient {
  readonly #seat: Seat;
  readonly #deflate: boolean;
  #socket: WebSocket | undefined;

  /** `deflate`: whether permessage-deflate (RFC 7692) is offered. */
  constructor(seat: Seat, deflate: boolean) {
    this.#seat = seat;
    this.#deflate = deflate;
  }

  async listen(): Promise<void> {
    const { signal, heard } = this.#seat;
    const socket = await this.#open();
    socket.on('message', (data) => {
      const message = jsonObject(String(data));
      if (isChatMessage(message)) heard(message);
    });
    const leave = () => {
      socket.close(1000, 'goodbye');
      setTimeout(() => socket.terminate(), FAREWELL).unref();
    };
    signal.addEventListener('abort', leave);
    this.#socket = socket;
    await closed(socket).finally(() => signal.removeEventListener('abort', leave));
  }

  async say(line: string): Promise<void> {
    if (this.#socket?.readyState === this.#socket?.OPEN) {
      this.#socket?.send(JSON.stringify({ type: 'say', text: line }));
    }
  }

  async #open(): Promise<WebSocket> {
    const { WebSocket } = await import('ws');
    const { user, route } = this.#seat;
    const { Accept, Referer, ...fields } = browserFields(user, route.origin, '*/*');
    const url = new URL('/socket', route.origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(url, {
      agent: route.tunnels,
      perMessageDeflate: this.#deflate && { threshold: 0 },
      handshakeTimeout: MAX_HANDSHAKE,
      origin: route.origin.origin,
      headers: { Pragma: 'no-cache', 'Cache-Control': 'no-cache', ...fields },
    });
  }
}

/** Resolves when the socket closed in order (RFC 6455 section 7.1.4), rejects when it failed. */
function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('close', (code) => {
      if (code === 1006) reject(new Error('the connection was cut off'));
      else resolve();
    });
    socket.on('error', reject);
  });
}
