import { arrival } from '../arrival.ts';
import { flood } from '../flood.ts';
import { Repetition } from '../repetition.ts';
import { tunnelled } from '../route.ts';
import { openedWebSocket } from '../web-socket.ts';
import { CLIENT_FRAME, HANDSHAKE_ANSWER, handshakeFor, SERVER_FRAME } from '../wire/websocket.ts';
import { trafficLoad } from './traffic-load.ts';

const COMMON = {
  unit: 'us/message',
  beside: 'plain',
  aim: { cost: 0.8 },
  units: 2_000_000,
  smokeUnits: 2_000,
} as const;

/** Messages of 125 B from the server, as fast as one connection takes them. */
export const wsFloodFromServer = trafficLoad({
  ...COMMON,
  name: 'ws-flood-from-server',
  async open(route, units) {
    const socket = await tunnelled(route);
    const handshake = handshakeFor(`/flood?units=${units}`, `127.0.0.1:${route.origin.plain}`);
    return {
      async run() {
        socket.write(handshake); // the server floods as soon as it has answered
        await arrival(socket, new Repetition({ head: HANDSHAKE_ANSWER, unit: SERVER_FRAME, count: units }));
      },
      close: () => socket.destroy(),
    };
  },
});

/** Messages of 125 B, masked, from the client; the server tells when it has them all. */
export const wsFloodFromClient = trafficLoad({
  ...COMMON,
  name: 'ws-flood-from-client',
  async open(route, units) {
    const socket = await openedWebSocket(route, `/swallow?units=${units}`);
    return {
      async run() {
        const told = arrival(socket, new Repetition({ unit: SERVER_FRAME, count: 1 }));
        await Promise.all([flood(socket, CLIENT_FRAME, units), told]);
      },
      close: () => socket.destroy(),
    };
  },
});
