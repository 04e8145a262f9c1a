import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { browserFields } from './browser-fields.ts';
import { type ChatClient, expectStatus, post, type Seat } from './chat-client.ts';
import { isChatMessage } from './chat-room.ts';

/** Asks for what is new: after every answer at once (long polling), or every so often (short polling). */
export class PollingClient implements ChatClient {
  readonly #seat: Seat;
  /** Milliseconds between two polls; undefined for long polling. */
  readonly #interval: number | undefined;
  #lastId = 0;
  #tag: string | undefined;

  constructor(seat: Seat, interval?: number) {
    this.#seat = seat;
    this.#interval = interval;
  }

  async listen(): Promise<void> {
    const { signal } = this.#seat;
    while (!signal.aborted) {
      await this.#poll();
      if (this.#interval !== undefined) await pause(this.#interval, undefined, { signal });
    }
  }

  say(line: string): Promise<void> {
    return post(this.#seat, line);
  }

  async #poll(): Promise<void> {
    const { user, route, heard } = this.#seat;
    const path = this.#interval === undefined ? '/messages/wait' : '/messages';
    const fields = browserFields(user, route.origin, 'application/json');
    if (this.#tag) fields['If-None-Match'] = this.#tag;
    const response = await route.request(`${path}?after=${this.#lastId}`, { fields });

    const body = await text(expectStatus(response, 200, 204, 304));
    const messages: unknown = body === '' ? [] : JSON.parse(body);
    const news = Array.isArray(messages) ? messages.filter(isChatMessage) : [];
    this.#lastId = news.at(-1)?.id ?? this.#lastId;
    // A tag belongs to its URL, and the next URL is another one when something was new.
    this.#tag = news.length > 0 ? undefined : response.headers.etag;
    news.forEach(heard);
  }
}
