import { setTimeout as pause } from 'node:timers/promises';
import type { ChatClient, Seat } from './chat-client.ts';
import type { ChatMessage } from './chat-room.ts';
import { type ProxyAddress, routeThrough } from './chat-route.ts';
import { chatScript } from './chat-script.ts';
import { EventStreamClient } from './event-stream-client.ts';
import { PollingClient } from './polling-client.ts';
import { SocketClient } from './socket-client.ts';

/** The pause between attempts grows to this many times the pace. */
const MAX_BACKOFF = 10;

interface ChatClientsOptions {
  readonly proxy: ProxyAddress;
  /** Of the server that speaks plain HTTP: 'http://127.0.0.1:40123'. */
  readonly plainOrigin: string;
  /** Of the one that speaks TLS. */
  readonly tlsOrigin: string;
  /** PEM certificate of the authority that the TLS clients trust. */
  readonly ca: string;
  /** Ends the conversation. */
  readonly signal: AbortSignal;
  /** Takes what went wrong, in one line; the client tries again by itself. */
  readonly onProblem: (line: string) => void;
  /** Told of each message that somebody received. */
  readonly onHeard?: (user: string, message: ChatMessage) => void;
  /** Milliseconds between two lines, about; polls and reconnects go by it too. */
  readonly pace?: number;
}

/** Somebody who chats, and what carries the words. */
interface Person {
  readonly user: string;
  readonly carrier: string;
  readonly origin: 'plainOrigin' | 'tlsOrigin';
  readonly client: (seat: Seat, pace: number) => ChatClient;
}

// biome-ignore format: a table reads best as one
const people: readonly Person[] = [
  { user: 'Ada', carrier: 'short polling', origin: 'plainOrigin', client: (seat, pace) => new PollingClient(seat, pace) },
  { user: 'Bo', carrier: 'long polling', origin: 'plainOrigin', client: (seat) => new PollingClient(seat) },
  { user: 'Chen', carrier: 'SSE', origin: 'plainOrigin', client: (seat) => new EventStreamClient(seat, '/events') },
  { user: 'Dina', carrier: 'WebSocket', origin: 'plainOrigin', client: (seat) => new SocketClient(seat, false) },
  { user: 'Emil', carrier: 'deflated WebSocket', origin: 'plainOrigin', client: (seat) => new SocketClient(seat, true) },
  { user: 'Fatou', carrier: 'WebSocket over TLS', origin: 'tlsOrigin', client: (seat) => new SocketClient(seat, false) },
  { user: 'Goran', carrier: 'SSE over TLS', origin: 'tlsOrigin', client: (seat) => new EventStreamClient(seat, '/events?gzip') },
];

/** Lets people chat through the proxy, each over another transport, until the signal aborts. `finished` never rejects. */
export function startChatClients(options: ChatClientsOptions): { readonly finished: Promise<void> } {
  const { signal, pace = 1500 } = options;
  const participants = people.map((person) => new Participant(person, pace, options));
  const lives = participants.map((participant) => participant.live());
  const talk = converse(participants, pace, signal);
  return { finished: Promise.all([talk, ...lives]).then(() => undefined) };
}

/** Goes through the script, round and round. Who is not connected at its line misses the turn. */
async function converse(
  participants: readonly Participant[],
  pace: number,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    await rest(pace * (0.5 + Math.random()), signal);
    const { user, text } = chatScript[turn % chatScript.length]!;
    if (!signal.aborted) participants.find((participant) => participant.user === user)?.speak(text);
  }
}

/** A person at a client, who connects again whenever the connection ends. */
class Participant {
  readonly user: string;
  readonly #client: ChatClient;
  readonly #seat: Seat;
  readonly #pace: number;
  readonly #tell: (failure: unknown) => void;

  constructor({ user, carrier, origin, client }: Person, pace: number, options: ChatClientsOptions) {
    const { proxy, ca, onProblem, onHeard } = options;
    // A signal of its own, because Node warns when all of them listen to one.
    const signal = AbortSignal.any([options.signal]);
    const route = routeThrough(proxy, new URL(options[origin]), signal, ca);
    this.user = user;
    this.#seat = { user, route, signal, heard: (message) => onHeard?.(user, message) };
    this.#client = client(this.#seat, pace);
    this.#pace = pace;
    this.#tell = (failure) => {
      if (!signal.aborted) onProblem(`${user} (${carrier}): ${reasonOf(failure)}`);
    };
  }

  /** Each failure in a row doubles the pause before the next attempt. */
  async live(): Promise<void> {
    const { signal, route } = this.#seat;
    let recess = this.#pace;
    while (!signal.aborted) {
      const startedAt = performance.now();
      await this.#client.listen().catch(this.#tell);
      const isStable = performance.now() - startedAt > recess;
      recess = isStable ? this.#pace : Math.min(recess * 2, this.#pace * MAX_BACKOFF);
      await rest(recess, signal);
    }
    route.close();
  }

  speak(line: string): void {
    this.#client.say(line).catch(this.#tell);
  }
}

/** Waits, but not beyond the end. In milliseconds. */
function rest(duration: number, signal: AbortSignal): Promise<void> {
  return pause(duration, undefined, { signal }).catch(() => undefined);
}

/** One line. Node leaves the message empty where it tried several addresses. */
function reasonOf(failure: unknown): string {
  if (failure instanceof AggregateError) return failure.errors.map(reasonOf).join('; ');
  return failure instanceof Error ? failure.message.replace(/\s+/g, ' ') : String(failure);
}
