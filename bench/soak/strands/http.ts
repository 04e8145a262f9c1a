import { once } from 'node:events';
import type { Socket } from 'node:net';
import { pingPong } from '../../ping-pong.ts';
import { dialled, type Route, secured } from '../../route.ts';
import { ANSWER, requestFor } from '../../wire/http.ts';
import { repeating, type Strand } from '../strand.ts';

/** Counted in lots, so that counting costs nothing. */
const LOT = 20;

/** Requests on connections that are kept, and on one that is opened for each; plain ones and inside TLS. */
export const httpStrands: readonly Strand[] = [
  {
    name: 'http-kept',
    unit: 'requests',
    clients: 4,
    run: (route, arrived) => kept(dialled, absolute, route, arrived),
  },
  {
    name: 'https-kept',
    unit: 'requests',
    clients: 2,
    run: (route, arrived) => kept(secured, inTls, route, arrived),
  },
  repeating({
    name: 'http-new',
    unit: 'requests',
    clients: 2,
    units: 1,
    turn: (route) => onNewConnection(dialled, absolute, route),
  }),
  repeating({
    name: 'https-new',
    unit: 'requests',
    clients: 2,
    units: 1,
    turn: (route) => onNewConnection(secured, inTls, route),
  }),
];

type Dial = (route: Route) => Promise<Socket>;
type RequestOn = (route: Route) => Buffer;

function absolute({ origin }: Route): Buffer {
  const authority = `127.0.0.1:${origin.plain}`;
  return requestFor(`http://${authority}/answer`, authority);
}

function inTls({ origin }: Route): Buffer {
  return requestFor('/answer', `localhost:${origin.tls}`);
}

async function kept(
  dial: Dial,
  requestOn: RequestOn,
  route: Route,
  arrived: (units: number) => void,
): Promise<never> {
  const socket = await dial(route);
  const request = requestOn(route);
  for (;;) {
    await pingPong(socket, request, ANSWER, LOT);
    arrived(LOT);
  }
}

async function onNewConnection(dial: Dial, requestOn: RequestOn, route: Route): Promise<void> {
  const socket = await dial(route);
  await pingPong(socket, requestOn(route), ANSWER, 1);
  const closed = once(socket, 'close');
  socket.end();
  await closed;
}
