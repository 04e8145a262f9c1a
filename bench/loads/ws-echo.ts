import { openedWebSocket } from '../web-socket.ts';
import { CLIENT_FRAME, SERVER_FRAME } from '../wire/websocket.ts';
import { pingPongTraffic } from './ping-pong-traffic.ts';
import { trafficLoad } from './traffic-load.ts';

/** Messages of 125 B that the server says back: two messages a unit. */
export const wsEcho = trafficLoad({
  name: 'ws-echo',
  unit: 'us/echo',
  beside: 'plain',
  aim: { ratio: 1.3 },
  units: 24_000,
  smokeUnits: 64,
  open: (route, units) =>
    pingPongTraffic(() => openedWebSocket(route, '/echo'), CLIENT_FRAME, SERVER_FRAME, units),
});
