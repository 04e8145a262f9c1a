import { arrival } from '../arrival.ts';
import { Repetition } from '../repetition.ts';
import { dialled } from '../route.ts';
import { EVENT_CHUNK, LAST_CHUNK, STREAM_HEAD } from '../wire/event-stream.ts';
import { requestFor } from '../wire/http.ts';
import { trafficLoad } from './traffic-load.ts';

/** Events of 100 B, a chunk each, as fast as one connection takes them. */
export const sseFlood = trafficLoad({
  name: 'sse-flood',
  unit: 'us/event',
  beside: 'plain',
  aim: { cost: 0.6 },
  units: 2_000_000,
  smokeUnits: 2_000,
  async open(route, units) {
    const socket = await dialled(route);
    const authority = `127.0.0.1:${route.origin.plain}`;
    const request = requestFor(`http://${authority}/events?units=${units}`, authority);
    return {
      async run() {
        socket.write(request);
        const stream = { head: STREAM_HEAD, unit: EVENT_CHUNK, count: units, tail: LAST_CHUNK };
        await arrival(socket, new Repetition(stream));
      },
      close: () => socket.destroy(),
    };
  },
});
