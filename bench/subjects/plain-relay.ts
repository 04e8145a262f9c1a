import { connect, createServer, type Socket } from 'node:net';
import { CONNECT_ANSWER, connectTarget } from './connect-head.ts';
import { listenAndTell } from './listening.ts';
import { pumpBothWays } from './pump.ts';

/**
 * The least a relay can do: `node plain-relay.js PORT` moves bytes and reads none, save that a connection which begins
 * with CONNECT goes where that says. Every other one goes to PORT as it is, which saves the relay all of HTTP.
 */
const fixedPort = Number(process.argv[2]);

function relay(client: Socket): void {
  client.once('data', (first) => {
    const target = connectTarget(first);
    const server = connect({
      host: target?.host ?? '127.0.0.1',
      port: target?.port ?? fixedPort,
      allowHalfOpen: true,
      noDelay: true,
    });
    if (target) server.once('connect', () => client.write(CONNECT_ANSWER));
    else server.write(first);
    pumpBothWays(client, server);
  });
}

listenAndTell(createServer({ allowHalfOpen: true, noDelay: true }, relay));
