import type { Socket } from 'node:net';
import type { OriginPorts } from '../origin/origin.ts';
import type { Route } from '../route.ts';
import type { Strand } from './strand.ts';

/** All clients of all strands, at once. */
export class Crowd {
  /** Units that have arrived, by strand. */
  readonly units = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #failures: string[] = [];
  #isOver = false;

  /** The clients begin at once. */
  constructor(strands: readonly Strand[], proxyPort: number, origin: OriginPorts) {
    const route: Route = { proxyPort, origin, onDial: (socket) => this.#dialled(socket) };
    for (const strand of strands) {
      this.units.set(strand.name, 0);
      for (let client = 0; client < strand.clients; client++) this.#follow(strand, route);
    }
  }

  /** What went wrong in a client, in words. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** All clients go at once, in the middle of whatever they do. */
  kill(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy(); // no reset: Node never closes a socket reset while it ends
  }

  #follow({ name, run }: Strand, route: Route): void {
    const arrived = (units: number) => this.units.set(name, this.units.get(name)! + units);
    run(route, arrived).catch((error: unknown) => {
      if (!this.#isOver) this.#failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
    });
  }

  #dialled(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#isOver) socket.destroy();
  }
}
