import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { Client } from '../client.ts';
import { legLabel } from '../key-log.ts';
import type { ProxyParts } from '../proxy.ts';
import { openServerTls } from '../tls-opening.ts';
import type { ReverseOrigin } from './origin.ts';

/** What a request says of who it is for, among the options that an agent is handed with it. */
interface DialOptions {
  readonly client?: unknown;
}

/**
 * Sockets to the origin, dialled and with their TLS opened as everywhere in tare: failures have the same words. With
 * `keepAlive` a socket whose response is complete waits for the next request, whichever client that comes from; without
 * it each request has a socket that no other had.
 */
export function originAgent(parts: ProxyParts, origin: ReverseOrigin, keepAlive: boolean): Agent {
  return Object.assign(new Agent({ keepAlive }), {
    createConnection({ client }: DialOptions, connected: (error: unknown, stream?: Duplex) => void): void {
      if (!(client instanceof Client)) throw new Error('a request without its client');
      connectToOrigin(parts, origin, client).then((stream) => connected(null, stream), connected);
    },
  });
}

async function connectToOrigin(parts: ProxyParts, origin: ReverseOrigin, client: Client): Promise<Duplex> {
  const { server, isTls } = origin;
  const { keyLog, trust, dialTimeoutMs: timeoutMs } = parts;
  const { socket, address } = await parts.dial(server, client);
  if (!isTls) return endingWithItsPeer(socket);
  const wish = { serverName: server.host, alpn: ['http/1.1'] };
  const label = legLabel('server', client, server, address);
  const onKeys = keyLog && ((line: Buffer) => keyLog(label, line));
  return endingWithItsPeer(await openServerTls(socket, server, wish, trust, { timeoutMs, onKeys }));
}

/** A socket that the origin has ended is of no use to a pool. */
function endingWithItsPeer(stream: Duplex): Duplex {
  stream.allowHalfOpen = false;
  return stream;
}
