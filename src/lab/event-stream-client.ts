import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { browserFields } from './browser-fields.ts';
import { type ChatClient, expectStatus, post, type Seat } from './chat-client.ts';
import { isChatMessage, jsonObject } from './chat-room.ts';

/** Receives server-sent events, and speaks by POST. */
export class EventStreamClient implements ChatClient {
  readonly #seat: Seat;
  readonly #path: string;
  #lastId: string | undefined;

  constructor(seat: Seat, path: '/events' | '/events?gzip') {
    this.#seat = seat;
    this.#path = path;
  }

  async listen(): Promise<void> {
    const { user, route } = this.#seat;
    const fields = browserFields(user, route.origin, 'text/event-stream');
    fields['Cache-Control'] = 'no-cache';
    if (this.#lastId) fields['Last-Event-ID'] = this.#lastId;
    const response = expectStatus(await route.request(this.#path, { fields }), 200);

    const isGzipped = response.headers['content-encoding'] === 'gzip';
    // The loop below hears of errors from the stream itself.
    const stream = isGzipped ? pipeline(response, createGunzip(), () => {}) : response;
    let waiting = '';
    for await (const part of stream.setEncoding('utf8')) {
      const events = (waiting + part).split('\n\n');
      waiting = events.pop()!;
      for (const event of events) this.#read(event);
    }
  }

  say(line: string): Promise<void> {
    return post(this.#seat, line);
  }

  /** Only as much of the format as the chat server writes: one `data` line an event, `\n` for line ends. */
  #read(event: string): void {
    const fields = new Map(
      event.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^.*?: /, '')]),
    );
    const message = jsonObject(fields.get('data') ?? '');
    if (fields.get('event') !== 'message' || !isChatMessage(message)) return;
    this.#lastId = fields.get('id');
    this.#seat.heard(message);
  }
}
