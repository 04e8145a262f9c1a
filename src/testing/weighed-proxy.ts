import { expect } from 'vitest';
import { type ProxyOptions, type RunningProxy, startProxy } from '../proxy/proxy.ts';
import { type UpstreamTrust, upstreamTrust } from '../proxy/tls-opening.ts';
import type { Connection } from '../session/connection.ts';
import type { Exchange } from '../session/exchange.ts';
import type { MessageRow } from '../session/message-table.ts';
import { Session } from '../session/session.ts';
import type { CloseReason, FailureCode } from '../tap.ts';
import { testAuthority } from './test-authority.ts';

export interface WeighedProxyOptions
  extends Pick<ProxyOptions, 'scope' | 'resolutions' | 'keyLog' | 'reverse' | 'clientTimeoutMs'> {
  /** Any free port of this machine, unless told otherwise. */
  readonly listen?: ProxyOptions['listen'];
  readonly passthrough?: readonly string[];
  /** The servers' test authority is trusted unless told otherwise. */
  readonly trust?: UpstreamTrust;
  readonly dialTimeoutMs?: number;
  readonly session?: Session;
}

/** A message as a test compares it. */
export interface WeighedMessage extends MessageRow {
  readonly number: number;
  readonly text: string;
}

/** A proxy whose traffic is weighed. Its end asserts that the books balance, whatever a test was about. */
export class WeighedProxy implements AsyncDisposable {
  readonly session: Session;
  /** PEM of who signs for it. */
  readonly certificate: string;
  readonly #proxy: RunningProxy;
  readonly #waiting = new Set<() => void>();

  constructor(proxy: RunningProxy, session: Session, certificate: string) {
    this.#proxy = proxy;
    this.session = session;
    this.certificate = certificate;
    session.watch(() => {
      for (const check of this.#waiting) check();
    });
  }

  get port(): number {
    return this.#proxy.address.port;
  }

  /** Waits until `find` finds something, and gives that; it is asked again at every change of the session. */
  until<Found>(find: (session: Session) => Found | undefined | false): Promise<Found> {
    return new Promise((resolve) => {
      const check = () => {
        const found = find(this.session);
        if (found === undefined || found === false) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Waits for the close of the connection numbered `number`, or for its failure. */
  over(number = 1): Promise<Connection> {
    return this.until(({ connections }) => {
      const connection = connections.get(number);
      return connection?.closedAt === undefined ? undefined : connection;
    });
  }

  /** Why connection `number` closed, or failed. */
  async outcome(number = 1): Promise<CloseReason | FailureCode | undefined> {
    const { reason, failure } = await this.over(number);
    return reason ?? failure?.code;
  }

  exchange(number = 1): Exchange {
    const exchange = this.session.exchanges.get(number);
    if (!exchange) throw new Error(`there is no exchange ${number}`);
    return exchange;
  }

  /** The messages of an exchange, or of all, in the order they began. */
  messages(exchange?: number): WeighedMessage[] {
    const { messages } = this.session;
    return Array.from({ length: messages.length }, (_, number) => {
      const text = (messages.content(number) ?? messages.bytes(number) ?? Buffer.alloc(0)).toString();
      return { ...messages.row(number), number, text };
    }).filter((message) => exchange === undefined || message.exchange === exchange);
  }

  stopClient(number: number): boolean {
    return this.#proxy.stopClient(number);
  }

  /** Ends every connection; they have all been told of as closed when this resolves. */
  close(): Promise<void> {
    return this.#proxy.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    const connections = [...this.session.connections.values()];
    expect(connections.filter(({ closedAt }) => closedAt === undefined)).toEqual([]);

    expect(this.session.audit().imbalances).toEqual([]);
    this.session.close();
  }
}

export async function startWeighedProxy(options: WeighedProxyOptions = {}): Promise<WeighedProxy> {
  const { passthrough = [], dialTimeoutMs, session = new Session(), trust, ...others } = options;
  const [{ authority }, origin] = await Promise.all([testAuthority('proxy'), testAuthority('origin')]);
  const proxy = await startProxy({
    listen: { host: '127.0.0.1', port: 0 },
    authority,
    passthrough,
    ...others,
    trust: trust ?? trustIn(origin.authority.certificatePem),
    ...(dialTimeoutMs === undefined ? {} : { dialTimeoutMs }),
    sink: session.take,
  });
  session.epoch = proxy.epoch;
  return new WeighedProxy(proxy, session, authority.certificatePem);
}

let trusted: UpstreamTrust | undefined;

/** Trust in the servers' one authority, made once a process: it takes 20 ms. */
function trustIn(certificate: string): UpstreamTrust {
  trusted ??= upstreamTrust(false, [certificate]);
  return trusted;
}
