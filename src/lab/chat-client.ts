import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { browserFields } from './browser-fields.ts';
import type { ChatMessage } from './chat-room.ts';
import type { Route } from './chat-route.ts';

/** One person's program, over one transport. */
export interface ChatClient {
  /** Receives until the server ends it or the seat's signal aborts; rejects when the connection fails. */
  listen(): Promise<void>;
  /** Says a line; does nothing while there is no connection to say it on. */
  say(line: string): Promise<void>;
}

/** Who uses a client, how it reaches the server, and until when. */
export interface Seat {
  readonly user: string;
  readonly route: Route;
  readonly signal: AbortSignal;
  /** Takes each message that arrives. */
  readonly heard: (message: ChatMessage) => void;
}

/** Says a line by `POST /messages`, as everybody does whose transport only receives. */
export async function post({ user, route }: Seat, line: string): Promise<void> {
  const response = await route.request('/messages', {
    method: 'POST',
    fields: {
      ...browserFields(user, route.origin, 'application/json'),
      Origin: route.origin.origin,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ user, text: line }),
  });
  await text(expectStatus(response, 201));
}

/** The response, or an error when its status is none of these; its body is then read and dropped. */
export function expectStatus(response: IncomingMessage, ...expected: readonly number[]): IncomingMessage {
  const status = response.statusCode ?? 0;
  if (expected.includes(status)) return response;
  response.resume();
  throw new Error(`the answer was ${status} ${response.statusMessage}, not ${expected.join(' or ')}`);
}
