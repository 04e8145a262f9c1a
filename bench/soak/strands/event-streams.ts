import { arrival } from '../../arrival.ts';
import { Repetition } from '../../repetition.ts';
import { dialled, type Route } from '../../route.ts';
import { EVENT_CHUNK, LAST_CHUNK, STREAM_HEAD } from '../../wire/event-stream.ts';
import { requestFor } from '../../wire/http.ts';
import { FLOOD_REST_MS, FLOOD_UNITS } from '../floods.ts';
import { repeating, type Strand } from '../strand.ts';

/** Streams of events, each on a connection of its own that the client leaves when it has them all. */
export const eventStreams: Strand = repeating({
  name: 'sse-flood',
  unit: 'events',
  clients: 2,
  units: FLOOD_UNITS,
  rest: FLOOD_REST_MS,
  async turn(route: Route) {
    const socket = await dialled(route);
    const authority = `127.0.0.1:${route.origin.plain}`;
    socket.write(requestFor(`http://${authority}/events?units=${FLOOD_UNITS}`, authority));
    const stream = { head: STREAM_HEAD, unit: EVENT_CHUNK, count: FLOOD_UNITS, tail: LAST_CHUNK };
    await arrival(socket, new Repetition(stream));
    socket.destroy();
  },
});
