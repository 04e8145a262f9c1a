import { Session } from '../../../src/session/session.ts';
import type { ConnectionFacts, Side } from '../../../src/tap.ts';
import { HANDSHAKE_ANSWER, handshakeFor, SERVER_FRAME } from '../../wire/websocket.ts';
import type { SessionShape } from '../shape.ts';

const SOCKETS = 21;
const HOSTS = 50;
const REQUESTS_A_CONNECTION = 100;
/** Messages in a chunk, as a flood has them. */
const AT_ONCE = 500;
/** Nanoseconds from one event to the next. */
const STEP = 10_000;

const CHUNK = Buffer.alloc(SERVER_FRAME.length * AT_ONCE, SERVER_FRAME);

/** A session that a source has filled, and goes on to fill. */
export class LargeSession {
  readonly session = new Session();
  #connections = 0;
  #now = 0;
  #turn = 0;

  constructor({ inOne, inTwenty, requests }: SessionShape) {
    for (let socket = 1; socket <= SOCKETS; socket++) this.#openWebSocket();
    for (let count = 0; count < inOne; count += AT_ONCE) this.#say(1, 'server', CHUNK);
    for (let count = 0; count < inTwenty; count += AT_ONCE) {
      this.#say(2 + ((count / AT_ONCE) % (SOCKETS - 1)), 'server', CHUNK);
    }
    for (let count = 0; count < requests; count++) this.#request(count);
  }

  /** Nanoseconds of the session's clock. */
  get now(): number {
    return this.#now;
  }

  /** Lets single messages come, to each WebSocket in turn. */
  take(messages: number): void {
    for (let count = 0; count < messages; count++) {
      this.#say(1 + (this.#turn++ % SOCKETS), 'server', SERVER_FRAME);
    }
  }

  #openWebSocket(): void {
    this.#open('chat.example');
    this.#say(this.#connections, 'client', handshakeFor('/chat', 'chat.example'));
    this.#say(this.#connections, 'server', HANDSHAKE_ANSWER);
  }

  /** Each to a resource of its own, so that they are no polls. */
  #request(number: number): void {
    const host = `api${number % HOSTS}.example`;
    if (number % REQUESTS_A_CONNECTION === 0) this.#open(host);
    const body = `{"item":${number},"note":"${number % 10_000 === 0 ? 'needle' : 'hay'}"}`.padEnd(
      40 + (number % 400),
    );
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const request = `GET /items/${number} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n\r\n`;
    this.#say(this.#connections, 'client', Buffer.from(request));
    this.#say(this.#connections, 'server', Buffer.from(head + body));
  }

  #open(host: string): void {
    const connection = ++this.#connections;
    const facts: ConnectionFacts = {
      mode: 'connect',
      client: connection,
      clientAddress: { host: '127.0.0.1', port: 50_000 },
      server: { host, port: 80 },
      serverAddress: { host: '192.0.2.1', port: 80 },
      tls: undefined,
      timings: {},
    };
    this.session.take({ type: 'opened', connection, at: this.#tick(), facts });
  }

  #say(connection: number, from: Side, bytes: Buffer): void {
    this.session.take({ type: 'bytes', connection, at: this.#tick(), from, bytes });
  }

  #tick(): number {
    this.#now += STEP;
    return this.#now;
  }
}
