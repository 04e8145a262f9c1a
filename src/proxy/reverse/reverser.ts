import { type Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type HttpProxy from 'http-proxy';
import { HTTP1_LIMITS } from '../../decoders/http1/limits.ts';
import type { ConnectionFailure } from '../../tap.ts';
import type { Client } from '../client.ts';
import type { ProxyParts, ReverseOptions } from '../proxy.ts';
import { headText, refusalResponse } from '../refusal.ts';
import { errorCode } from '../upstream.ts';
import { originAgent } from './agent.ts';
import { ReverseExchange } from './exchange.ts';
import { misdirection } from './failure.ts';
import { loadHttpProxy } from './http-proxy.ts';
import { type ReverseOrigin, reverseOrigin } from './origin.ts';
import { withoutFields } from './raw-fields.ts';
import { ReverseClient } from './reversed-client.ts';
import { isWebSocket, ReverseUpgrade } from './upgrade.ts';

/** What reversing a request takes. */
export interface ReverseParts {
  readonly origin: ReverseOrigin;
  readonly httpProxy: HttpProxy;
  /** The origin as http-proxy wants it told. TLS is the agents' affair. */
  readonly target: { readonly host: string; readonly port: number; readonly protocol: 'http:' };
  /** Sockets to the origin that wait for the next request. */
  readonly pool: Agent;
  /** A socket of its own for each request. */
  readonly fresh: Agent;
  /** Tells of a request that tare answered itself. */
  tell(client: Client, failure: ConnectionFailure): void;
}

/** Loads what reverse mode takes; what it gives makes a `Reverser` of a proxy's parts at once. */
export async function loadReverser(options: ReverseOptions): Promise<(parts: ProxyParts) => Reverser> {
  const httpProxy = await loadHttpProxy();
  const origin = reverseOrigin(options);
  return (parts) => {
    const reverse: ReverseParts = {
      origin,
      httpProxy: httpProxy.createProxyServer(),
      target: { ...origin.server, protocol: 'http:' },
      pool: originAgent(parts, origin, true),
      fresh: originAgent(parts, origin, false),
      tell: (client, failure) =>
        parts.source.fail({
          mode: 'reverse',
          client: client.number,
          clientAddress: client.address,
          server: origin.server,
          failure,
          proxy: { client: 0, server: 0 }, // the answer is among what its connection says
        }),
    };
    return new Reverser(parts, reverse);
  };
}

/**
 * Reverse mode: what clients ask of tare itself goes to one origin, re-issued by Node's HTTP and http-proxy since host,
 * scheme and path change. A client's socket stays with it from the first such request on.
 */
export class Reverser {
  readonly #parts: ProxyParts;
  readonly #reverse: ReverseParts;
  readonly #server: Server;
  /** By the streams that the server knows them by. */
  readonly #clients = new WeakMap<object, ReverseClient>();

  constructor(parts: ProxyParts, reverse: ReverseParts) {
    this.#parts = parts;
    this.#reverse = reverse;
    this.#server = this.#newServer();
  }

  /** Serves a client from a request on that begins with `first`. Nobody else may listen to its socket. */
  serve(client: Client, first: Buffer): void {
    const reversed = new ReverseClient(this.#parts.source, client, this.#reverse.origin.server);
    this.#listenTo(reversed);
    reversed.begin(first);
  }

  /** Ends what goes on without clients. */
  close(): void {
    this.#server.close();
  }

  #listenTo(client: ReverseClient): void {
    this.#clients.set(client.stream, client);
    this.#server.emit('connection', client.stream);
  }

  /** It never listens: clients are handed to it. A quiet one is never closed, as nowhere in tare. */
  #newServer(): Server {
    const { clientTimeoutMs } = this.#parts;
    const options = {
      headersTimeout: clientTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.ceil(clientTimeoutMs / 4),
      maxHeaderSize: HTTP1_LIMITS.head,
      requireHostHeader: false,
      keepAliveTimeout: 0,
      shouldUpgradeCallback: isWebSocket, // from Node 22 on; `#upgrade` makes up for it
    };
    const server = createServer(options);
    server.maxHeadersCount = 0; // all of them
    this.#handle(server);
    server.emit('listening'); // only then does Node look for heads that take too long
    return Object.assign(server, { httpAllowHalfOpen: true }); // who has ended its side still gets the answer
  }

  #handle(server: Server): void {
    const exchange = (request: IncomingMessage, response: ServerResponse) =>
      this.#exchange(request, response);
    server.on('request', exchange).on('checkContinue', exchange).on('checkExpectation', exchange);
    server.on('upgrade', (request, _stream, head) => this.#upgrade(request, head));
    server.on('connect', (request) => {
      const failure = misdirection(request);
      if (failure) this.#refuse(request.socket, failure);
    });
    server.on('clientError', (error, stream) => this.#refuse(stream, this.#clientFailure(error)));
  }

  #exchange(request: IncomingMessage, response: ServerResponse): void {
    const client = this.#clients.get(request.socket);
    if (!client) return;
    const exchange = new ReverseExchange(this.#reverse, client, request, response);
    client.turns.add(exchange);
  }

  #upgrade(request: IncomingMessage, head: Buffer): void {
    const client = this.#clients.get(request.socket);
    if (!client) return;
    if (isWebSocket(request)) {
      return client.turns.add(new ReverseUpgrade(this.#reverse, client, request, head));
    }
    // A server may take no notice of it (RFC 9110 section 7.8), but Node has stopped reading HTTP: it begins anew.
    const begin = () => {
      client.restart(Buffer.concat([withoutUpgrade(request), head]));
      this.#listenTo(client);
      client.turns.next();
    };
    client.turns.add({ begin });
  }

  #refuse(stream: object, failure: ConnectionFailure): void {
    const client = this.#clients.get(stream);
    if (!client || client.client.hasLeft) return;
    if (client.turns.broken(failure)) return;
    const begin = () => {
      if (client.stream.writable) client.stream.write(refusalResponse(failure));
      client.finish();
      this.#reverse.tell(client.client, failure);
    };
    client.turns.add({ begin });
  }

  #clientFailure(error: Error): ConnectionFailure {
    if (errorCode(error) !== 'ERR_HTTP_REQUEST_TIMEOUT')
      return { code: 'BAD_REQUEST', message: unreadable(error) };
    const seconds = this.#parts.clientTimeoutMs / 1000;
    return { code: 'CLIENT_TIMEOUT', message: `the head of this request was not whole within ${seconds} s` };
  }
}

const UPGRADE: ReadonlySet<string> = new Set(['upgrade']);

/** What Node has already read of a request that wants to switch protocols, without that wish. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const fields = withoutFields(rawHeaders, UPGRADE);
  return Buffer.from(headText(`${method} ${url} HTTP/${httpVersion}`, fields), 'latin1');
}

function unreadable(error: Error): string {
  switch (errorCode(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return 'the head of this request is longer than 256 KiB';
    case 'HPE_PAUSED_H2_UPGRADE':
      return 'this is HTTP/2, and in reverse mode the proxy is spoken to in HTTP/1.1';
    case 'HPE_INVALID_EOF_STATE':
      return 'the client left in the middle of a request';
    default:
      return `this is not an HTTP request: ${'reason' in error ? error.reason : error.message}`;
  }
}
