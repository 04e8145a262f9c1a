import { startProxy as listen, type RunningProxy } from '../proxy/proxy.ts';
import { at } from '../proxy/upstream.ts';
import { Session } from '../session/session.ts';
import type { Endpoint } from '../tap.ts';
import { checkedOptions } from './checked-options.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { Message } from './message.ts';
import { type OwnAuthority, ownAuthority } from './own-authority.ts';
import type { ProxyOptions } from './proxy-options.ts';
import type { EventOf, SessionEventType } from './session-event.ts';
import type { AwaitedEventType, SessionEvents, UntilOptions } from './session-events.ts';
import { SessionFeed } from './session-feed.ts';
import type { Snapshot } from './snapshot.ts';
import { SessionReader, type WeighedSession } from './weighed-session.ts';

/** Who signs the certificates that clients of a proxy are shown. */
export interface ProxyAuthority {
  /** The certificate that clients have to trust, PEM. */
  readonly certificate: string;
  /** Where it is on disk: for NODE_EXTRA_CA_CERTS, or curl's --cacert. */
  readonly file: string;
  /** SHA-256 of its public key, base64: for Chromium's --ignore-certificate-errors-spki-list. */
  readonly spkiFingerprint: string;
}

/** A proxy that runs, and what it saw. */
export interface TareProxy extends WeighedSession, SessionEvents, AsyncDisposable {
  /** Where clients find it: 'http://127.0.0.1:35123'. */
  readonly url: string;
  /** The address it listens on. */
  readonly host: string;
  readonly port: number;
  readonly ca: ProxyAuthority;
  /**
   * What tells programs to use it and, those of Node, to trust it: to be added to the environment of a child process. Node
   * itself takes notice of a proxy from version 24 on.
   */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Takes no more clients, closes those there are, and waits until all has been told of: then events end. What was seen can still be
   * read.
   */
  close(): Promise<void>;
  /** Closes it, and forgets what was seen: `await using` does that. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a proxy that weighs what is sent through it. Rejects with a TypeError that names a wrong option, with the system's error
 * where it cannot listen, and where `caFolder` cannot be used with an error whose `code` begins with 'CA_'.
 *
 * @example
 * await using proxy = await startProxy({ reverse: 'http://localhost:3000' });
 * const response = await fetch(`${proxy.url}/messages`);
 * const { exchange } = await proxy.until('exchange-closed');
 * console.log(exchange.ledger.client.overhead, exchange.ledger.server.overhead);
 */
export async function startProxy(options: ProxyOptions = {}): Promise<TareProxy> {
  const { proxy, caFolder, memory } = checkedOptions(options);
  const own = await ownAuthority(caFolder);
  const session = new Session(memory === undefined ? {} : { memory });
  try {
    const running = await listen({ ...proxy, authority: own.authority, sink: session.take });
    session.epoch = running.epoch;
    return new ListeningProxy(running, session, own);
  } catch (error) {
    await own.forget();
    throw error;
  }
}

/** A proxy, its session, and who reads that. */
class ListeningProxy implements TareProxy {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly ca: ProxyAuthority;
  readonly env: Readonly<Record<string, string>>;
  readonly #running: RunningProxy;
  readonly #session: Session;
  readonly #own: OwnAuthority;
  readonly #reader: SessionReader;
  readonly #feed: SessionFeed;
  #closed: Promise<void> | undefined;

  constructor(running: RunningProxy, session: Session, own: OwnAuthority) {
    const { certificatePem, certificateFile, spkiFingerprint } = own.authority;
    this.url = urlOf(running.address);
    this.host = running.address.host;
    this.port = running.address.port;
    this.ca = { certificate: certificatePem, file: certificateFile, spkiFingerprint };
    this.env = environment(this.url, certificateFile);
    this.#running = running;
    this.#session = session;
    this.#own = own;
    this.#reader = new SessionReader(session);
    this.#feed = new SessionFeed(session);
  }

  close(): Promise<void> {
    this.#closed ??= this.#running.close().then(() => this.#feed.end());
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.#session.close();
    await this.#own.forget();
  }

  snapshot(): Snapshot {
    return this.#reader.snapshot();
  }

  connections(): IterableIterator<Connection> {
    return this.#reader.connections();
  }

  connection(number: number): Connection | undefined {
    return this.#reader.connection(number);
  }

  exchanges(): IterableIterator<Exchange> {
    return this.#reader.exchanges();
  }

  exchange(number: number): Exchange | undefined {
    return this.#reader.exchange(number);
  }

  messages(exchange?: number | Pick<Exchange, 'number'>): IterableIterator<Message> {
    return this.#reader.messages(exchange);
  }

  events<Type extends SessionEventType>(...types: readonly Type[]): AsyncIterableIterator<EventOf<Type>> {
    return this.#feed.events(...types);
  }

  until<Type extends AwaitedEventType>(
    type: Type,
    isWanted?: (event: EventOf<Type>) => boolean,
    options?: UntilOptions,
  ): Promise<EventOf<Type>> {
    return this.#feed.until(type, isWanted, options);
  }
}

/** Who listens on all addresses is found on the loopback one. */
function urlOf({ host, port }: Endpoint): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${at({ host: reachable, port })}`;
}

/**
 * curl reads the lower-case name alone where the target is http. Hosts that the user excepts from other proxies are not excepted
 * from this one: what runs on the own machine is what one wants to see.
 */
function environment(url: string, certificateFile: string): Readonly<Record<string, string>> {
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: '',
    no_proxy: '',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: certificateFile,
  };
}
