import { tunnelled } from '../route.ts';
import { ANSWER, requestFor } from '../wire/http.ts';
import { pingPongTraffic } from './ping-pong-traffic.ts';
import { trafficLoad } from './traffic-load.ts';

/** Requests on kept connections inside CONNECT tunnels. */
export const httpTunnel = trafficLoad({
  name: 'http-tunnel',
  unit: 'us/request',
  beside: 'plain',
  aim: { ratio: 1.5 },
  units: 24_000,
  smokeUnits: 64,
  open(route, units) {
    const request = requestFor('/answer', `127.0.0.1:${route.origin.plain}`);
    return pingPongTraffic(() => tunnelled(route), request, ANSWER, units);
  },
});
