import type { Socket } from 'node:net';
import { arrival } from './arrival.ts';
import { Repetition } from './repetition.ts';

/** Sends `ask` and waits for `answer`, `count` times, one in flight. */
export function pingPong(socket: Socket, ask: Buffer, answer: Buffer, count: number): Promise<void> {
  let asked = 1;
  socket.write(ask);
  return arrival(socket, new Repetition({ unit: answer, count }), (answered) => {
    if (answered < asked || asked === count) return;
    asked++;
    socket.write(ask);
  });
}
