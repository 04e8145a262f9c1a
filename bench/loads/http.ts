import { dialled } from '../route.ts';
import { ANSWER, requestFor } from '../wire/http.ts';
import { pingPongTraffic } from './ping-pong-traffic.ts';
import { trafficLoad } from './traffic-load.ts';

/** Absolute-form requests on kept connections. */
export const http = trafficLoad({
  name: 'http',
  unit: 'us/request',
  beside: 'plain',
  aim: { ratio: 1.5 },
  units: 24_000,
  smokeUnits: 64,
  open(route, units) {
    const authority = `127.0.0.1:${route.origin.plain}`;
    const request = requestFor(`http://${authority}/answer`, authority);
    return pingPongTraffic(() => dialled(route), request, ANSWER, units);
  },
});
