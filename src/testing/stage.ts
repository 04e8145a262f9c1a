import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../session/connection.ts';
import type { Session, SessionFault } from '../session/session.ts';
import type { Side } from '../tap.ts';
import { isInLineEnd } from './body-script.ts';
import { type ConversationScript, ORIGIN, type Step } from './conversation-script.ts';
import { cutAt } from './cuts.ts';
import type { StoryExchange } from './exchange-story.ts';
import { dialPeer, Peer } from './peer.ts';
import { type RawOrigin, startRawOrigin } from './raw-origin.ts';
import { startTlsOrigin, type TlsOrigin } from './tls-origin.ts';
import { toldExchanges } from './told-exchanges.ts';
import { openTlsTunnel, openTunnel } from './tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from './weighed-proxy.ts';

/** How the client reaches the server: by requests in absolute-form, a plain tunnel, a tunnel whose TLS is opened. */
export type Way = 'forward' | 'connect' | 'tls';

/** What a conversation came to. */
export interface Played {
  /** What each side's peer got of it, a character for each byte. */
  readonly delivered: Readonly<Record<Side, string>>;
  readonly connection: Connection;
  readonly exchanges: readonly StoryExchange[];
  readonly faults: readonly SessionFault[];
}

/** Within that everything has come, or never comes. */
const PATIENCE_MS = 3000;

/** A proxy with servers behind it that say what a script tells them to. Each conversation has a connection of its own. */
export class Stage implements AsyncDisposable {
  readonly #proxy: WeighedProxy;
  readonly #plain: RawOrigin;
  readonly #tls: TlsOrigin;

  constructor(proxy: WeighedProxy, plain: RawOrigin, tls: TlsOrigin) {
    this.#proxy = proxy;
    this.#plain = plain;
    this.#tls = tls;
  }

  get session(): Session {
    return this.#proxy.session;
  }

  /** The plain server's `host:port`. */
  get authority(): string {
    return this.#plain.authority;
  }

  /** Plays a conversation, with its bytes written in pieces that are cut at these places. */
  async play(script: ConversationScript, way: Way, places: readonly number[]): Promise<Played> {
    const { session } = this;
    const since = { exchanges: session.exchanges.length, messages: session.messages.length };
    const [number, faults] = [session.connections.size + 1, session.faults.length];
    await using client = await this.#dial(way);
    const play = new Play(client, () => (way === 'tls' ? this.#tls.next() : this.#plain.next()));
    const impatience = setTimeout(() => play.breakOff(), PATIENCE_MS);
    for (const step of script.steps) await play.say(step, piecesOf(step, way, this.authority, places));
    const delivered = await play.end(script.endsFirst);
    const connection = await this.#proxy.over(number);
    clearTimeout(impatience);
    return {
      delivered,
      connection,
      exchanges: toldExchanges(session, since),
      faults: session.faults.slice(faults),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plain[Symbol.asyncDispose]();
    await this.#tls[Symbol.asyncDispose]();
    await this.#proxy[Symbol.asyncDispose]();
  }

  async #dial(way: Way): Promise<Peer> {
    const { port, certificate } = this.#proxy;
    if (way === 'forward') return dialPeer(port);
    if (way === 'connect') return new Peer((await openTunnel(port, this.authority)).resume());
    const options = { servername: 'localhost', ca: certificate };
    return new Peer(await openTlsTunnel(port, `localhost:${this.#tls.port}`, options));
  }
}

export async function startStage(): Promise<Stage> {
  return new Stage(await startWeighedProxy(), await startRawOrigin(), await startTlsOrigin());
}

/** Two peers in conversation. */
class Play {
  readonly #client: Peer;
  readonly #accept: () => Promise<Peer>;
  #server: Peer | undefined;
  /** Bytes that each side has said, and that the other is to get before it goes on. */
  readonly #due = { client: 0, server: 0 };
  /** Bytes of the client's that may be held back until the server has spoken. */
  #early = 0;

  constructor(client: Peer, accept: () => Promise<Peer>) {
    this.#client = client;
    this.#accept = accept;
  }

  /** Says a step once its speaker has got what was said before. */
  async say({ from, bytes, isEarly }: Step, pieces: readonly Uint8Array[]): Promise<void> {
    const speaker = from === 'client' ? this.#client : await this.#accepted();
    await speaker.until(from === 'client' ? this.#due.server : this.#due.client);
    for (const piece of pieces) {
      speaker.write(piece);
      await setImmediate(); // so that the proxy reads it by itself
    }
    if (isEarly) this.#early += bytes.length;
    else this.#due[from] += bytes.length;
    if (from === 'client') return;
    this.#due.client += this.#early;
    this.#early = 0;
  }

  /** Ends both sides, one after the other, and gives what they got. */
  async end(first: Side): Promise<Record<Side, string>> {
    const server = await this.#accepted();
    await server.until(this.#due.client);
    await this.#client.until(this.#due.server);
    const [one, other] = first === 'client' ? [this.#client, server] : [server, this.#client];
    one.socket.end();
    await other.ended();
    other.socket.end();
    await one.ended();
    return { client: server.text, server: this.#client.text };
  }

  /** Nobody waits any longer: what was waited for shows in an error. */
  breakOff(): void {
    this.#client.socket.destroy();
    this.#server?.socket.destroy();
  }

  /** The server's end, which a forward proxy dials for the first request only. */
  async #accepted(): Promise<Peer> {
    this.#server ??= await Promise.race([this.#accept(), this.#refused()]);
    return this.#server;
  }

  async #refused(): Promise<never> {
    await this.#client.closed();
    throw new Error(`closed before the server was dialled, after ${JSON.stringify(this.#client.text)}`);
  }
}

function piecesOf(step: Step, way: Way, authority: string, places: readonly number[]): Uint8Array[] {
  const text = way === 'forward' ? step.toProxy.replaceAll(ORIGIN, authority) : step.bytes;
  const bytes = Buffer.from(text, 'latin1');
  const pieces = cutAt(
    bytes,
    step.keepsLineEnds ? places.map((place) => outsideLineEnd(text, place)) : places,
  );
  return pieces.filter(({ length }) => length > 0);
}

/** A place to cut at, moved behind the LF where it is between that and its CR. */
function outsideLineEnd(text: string, place: number): number {
  const inside = place % (text.length + 1);
  return isInLineEnd(text, inside) ? inside + 1 : inside;
}
