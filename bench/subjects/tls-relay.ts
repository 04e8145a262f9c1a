import { connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket, connect as tlsConnect } from 'node:tls';
import { readIdentity } from '../identity.ts';
import { CONNECT_ANSWER, connectTarget } from './connect-head.ts';
import { listenAndTell } from './listening.ts';
import { pumpBothWays } from './pump.ts';

/**
 * The least that opens TLS on both sides: `node tls-relay.js FOLDER` has one certificate for everybody and reads
 * nothing of what it decrypts. Both handshakes run at once, since neither needs to know of the other.
 */
const identity = createSecureContext(readIdentity(process.argv[2]!));
const trust = createSecureContext();
const ALPN = ['http/1.1'];

function relay(client: Socket): void {
  client.once('error', () => client.destroy());
  client.once('data', (head) => {
    const target = connectTarget(head);
    if (!target) return client.destroy();
    const server = connect({ ...target, noDelay: true }, () => {
      client.write(CONNECT_ANSWER);
      open(client, server);
    });
    server.once('error', () => client.destroy());
  });
}

function open(client: Socket, server: Socket): void {
  const toClient = new TLSSocket(client, { isServer: true, secureContext: identity, ALPNProtocols: ALPN });
  const toServer = tlsConnect({
    socket: server,
    secureContext: trust,
    servername: 'localhost',
    ALPNProtocols: ALPN,
    rejectUnauthorized: false,
  });
  pumpBothWays(toClient, toServer);
}

listenAndTell(createServer({ noDelay: true }, relay));
