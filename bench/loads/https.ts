import { secured } from '../route.ts';
import { ANSWER, requestFor } from '../wire/http.ts';
import { pingPongTraffic } from './ping-pong-traffic.ts';
import { trafficLoad } from './traffic-load.ts';

/** Requests on kept connections inside TLS that the proxy opens. */
export const https = trafficLoad({
  name: 'https',
  unit: 'us/request',
  beside: 'tls',
  aim: { ratio: 1.5 },
  units: 16_000,
  smokeUnits: 64,
  open(route, units) {
    const request = requestFor('/answer', `localhost:${route.origin.tls}`);
    return pingPongTraffic(() => secured(route), request, ANSWER, units);
  },
});
