import type { Exchange } from '../session/exchange.ts';
import type { Session, SessionChange } from '../session/session.ts';
import type { Endpoint } from '../tap.ts';
import { NumberSet } from './number-set.ts';

/** What an exchange on a connection can be: its protocol, or part of a poll series. */
export type SliceProtocol = Exchange['protocol'] | 'poll';

/** Which connections to keep of a capture: those that are meant by everything that is said here. */
export interface SliceWish {
  /** By the number that tare has for it in this file. */
  readonly isConnection?: ((number: number) => boolean) | undefined;
  /** By its server: the host that was asked for, the one that TLS or a request names, or the address. */
  readonly isServer?: ((server: Endpoint, serverName?: string) => boolean) | undefined;
  /** By what any of its exchanges is. */
  readonly protocols?: ReadonlySet<SliceProtocol> | undefined;
  /** By all that the session tells of it at the end. */
  readonly isMeant?: ((session: Session) => (number: number) => boolean) | undefined;
  /**
   * By when it had a packet, of a capture whose first packet was then. What is said after the window is not kept; what was said before
   * it is, as the rest could not be decoded without.
   */
  readonly window?: ((beganAt: bigint) => TimeWindow) | undefined;
}

/** A stretch of time, both ends included, in nanoseconds since the Unix epoch. */
export interface TimeWindow {
  readonly from: bigint;
  readonly to: bigint;
}

/** Finds in a session that is being filled the connections that a wish means, its time left out of account. */
export class SliceChoice {
  readonly #session: Session;
  readonly #wish: SliceWish;
  readonly #byServer = new NumberSet();
  readonly #byProtocol = new NumberSet();
  #isMeant: ((connection: number) => boolean) | undefined;

  constructor(session: Session, wish: SliceWish) {
    this.#session = session;
    this.#wish = wish;
    session.watch((change) => this.#look(change));
  }

  /** Whether a connection is meant, by all that the session has told of it; to be asked at its end. */
  has(connection: number): boolean {
    const { isConnection, isServer, protocols } = this.#wish;
    if (isConnection && !isConnection(connection)) return false;
    if (isServer && !this.#byServer.has(connection)) return false;
    this.#isMeant ??= this.#wish.isMeant?.(this.#session);
    if (this.#isMeant?.(connection) === false) return false;
    return !protocols || this.#byProtocol.has(connection);
  }

  #look(change: SessionChange): void {
    switch (change.type) {
      case 'connection-opened':
      case 'connection-failed': {
        const { number, server, facts } = change.connection;
        if (server) this.#lookAtServer(number, server, facts?.tls?.serverName);
        if (facts?.serverAddress) this.#lookAtServer(number, facts.serverAddress);
        return;
      }
      case 'exchange-closed':
        return this.#lookAtExchange(change.exchange);
      case 'poll-series':
        for (const number of change.exchanges) this.#lookAtPoll(number);
    }
  }

  #lookAtServer(connection: number, server: Endpoint, serverName?: string): void {
    if (this.#wish.isServer?.(server, serverName)) this.#byServer.add(connection);
  }

  #lookAtExchange(exchange: Exchange): void {
    const { connection, protocol, series } = exchange;
    const { protocols, isServer } = this.#wish;
    if (protocols?.has(protocol) || (series !== undefined && protocols?.has('poll'))) {
      this.#byProtocol.add(connection);
    }
    if (!isServer || this.#byServer.has(connection)) return;
    const port = this.#session.connections.get(connection)?.server?.port ?? 0;
    this.#lookAtServer(connection, namedEndpoint(this.#session.hostOf(exchange), port));
  }

  /** A series begins with exchanges that had closed before it was found. */
  #lookAtPoll(number: number): void {
    const exchange = this.#session.exchanges.get(number);
    if (exchange && this.#wish.protocols?.has('poll')) this.#byProtocol.add(exchange.connection);
  }
}

/** A name, or an IPv6 address in brackets, and the port behind it. */
const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/;

/** What a Host field names (RFC 9110 section 7.2); `port` where it names none. */
function namedEndpoint(field: string, port: number): Endpoint {
  const match = HOST.exec(field.trim());
  const host = match?.[1] ?? match?.[2] ?? field;
  return { host, port: match?.[3] === undefined ? port : Number(match[3]) };
}
