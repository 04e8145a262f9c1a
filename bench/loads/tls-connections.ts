import { once } from 'node:events';
import { pingPong } from '../ping-pong.ts';
import { type Route, secured } from '../route.ts';
import { ANSWER, requestFor } from '../wire/http.ts';
import { trafficLoad } from './traffic-load.ts';

const AT_ONCE = 4;

/** New TLS connections through the proxy, one request on each, four at a time. */
export const tlsConnections = trafficLoad({
  name: 'tls-connections',
  unit: 'us/connection',
  beside: 'tls',
  aim: { ratio: 1.5 },
  units: 200,
  smokeUnits: 8,
  async open(route, units) {
    return {
      async run() {
        await Promise.all(Array.from({ length: AT_ONCE }, () => oneAfterAnother(route, units / AT_ONCE)));
      },
      close() {}, // each connection is closed as part of the work
    };
  },
});

async function oneAfterAnother(route: Route, count: number): Promise<void> {
  const request = requestFor('/answer', `localhost:${route.origin.tls}`);
  for (let left = count; left > 0; left--) {
    const socket = await secured(route);
    await pingPong(socket, request, ANSWER, 1);
    const closed = once(socket, 'close');
    socket.end();
    await closed;
  }
}
