import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds of silence after which a request, or a stream, counts as lost. */
const MAX_SILENCE = 30_000;

/** One browser's way to one origin, all of it through the proxy. */
export interface Route {
  readonly origin: URL;
  /** Connections for what needs a tunnel: WebSocket, and everything over TLS. */
  readonly tunnels: Agent;
  /** Sends a request, in absolute form where it needs no tunnel, and gives the response as soon as its head is here. */
  request(path: string, sent: SentRequest): Promise<IncomingMessage>;
  /** Closes the connections that are kept alive. */
  close(): void;
}

interface SentRequest {
  readonly method?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The route to `origin`; `ca` is the PEM certificate to trust there, and `signal` ends what is under way. */
export function routeThrough(proxy: ProxyAddress, origin: URL, signal: AbortSignal, ca?: string): Route {
  const isSecure = origin.protocol === 'https:';
  const tunnels = isSecure ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  tunnels.createConnection = (_options, done) => {
    openTunnel(proxy, origin, signal).then(
      (socket) => done?.(null, isSecure ? secured(socket, origin.hostname, ca) : socket),
      // The type asks for a socket, but nobody looks at it beside an error.
      (error) => done?.(error, new Socket()),
    );
    return undefined;
  };
  const direct = new Agent({ keepAlive: true });

  return {
    origin,
    tunnels,
    request(path, { method = 'GET', fields, body }) {
      const url = new URL(path, origin);
      const options = { method, signal, timeout: MAX_SILENCE };
      const request = isSecure
        ? httpsRequest(url, { ...options, agent: tunnels, headers: fields })
        : httpRequest({
            ...options,
            ...proxy,
            agent: direct,
            path: url.href,
            headers: forwarded(origin, fields),
          });
      request.on('timeout', () => request.destroy(new Error(`silent for ${MAX_SILENCE / 1000} s`)));
      request.end(body);
      return headOf(request);
    },
    close() {
      tunnels.destroy();
      direct.destroy();
    },
  };
}

/** The fields of a request in absolute form, as browsers send it. */
function forwarded(origin: URL, fields: Readonly<Record<string, string>>): Record<string, string> {
  return { Host: origin.host, 'Proxy-Connection': 'keep-alive', ...fields };
}

/** A socket that the proxy has joined to the origin (RFC 9110 section 9.3.6). */
function openTunnel(proxy: ProxyAddress, origin: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${origin.hostname}:${origin.port || (origin.protocol === 'https:' ? 443 : 80)}`;
  const request = httpRequest({
    ...proxy,
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, 'Proxy-Connection': 'keep-alive' },
    agent: false,
    signal,
  });
  return new Promise((resolve, reject) => {
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy answered CONNECT ${authority} with ${response.statusCode}`));
    });
    request.once('error', reject);
    request.end();
  });
}

/** The response as soon as its head is here. What goes wrong later is told to the reader of its body. */
function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

/** TLS inside the tunnel. An IP address is no server name (RFC 6066 section 3). */
function secured(socket: Socket, hostname: string, ca: string | undefined): Socket {
  const name = isIP(hostname) ? { host: hostname } : { host: hostname, servername: hostname };
  return tlsConnect({ socket, ...name, ...(ca && { ca }), ALPNProtocols: ['http/1.1'] });
}
