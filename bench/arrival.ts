import type { Socket } from 'node:net';
import type { Repetition } from './repetition.ts';

/**
 * Resolves when all that was expected has arrived; rejects at a byte that differs or an end that comes early.
 * `onUnits` is told how many units are there after each chunk.
 */
export function arrival(
  socket: Socket,
  expected: Repetition,
  onUnits: (units: number) => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      socket.off('data', read).off('error', fail).off('close', cut);
      outcome();
    };
    const read = (bytes: Buffer) => {
      try {
        expected.push(bytes);
      } catch (error) {
        settle(() => reject(error));
        return;
      }
      onUnits(expected.units);
      if (expected.isComplete) settle(resolve);
    };
    const fail = (error: Error) => settle(() => reject(error));
    const cut = () => settle(() => reject(new Error(`the connection ended after ${expected.units} units`)));
    if (socket.destroyed) cut();
    else socket.on('data', read).on('error', fail).on('close', cut);
  });
}
