import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Site, SubjectName } from './command.ts';
import type { Question, Usage } from './gauge.ts';
import { type Launched, launch } from './launch.ts';

const GAUGE = new URL('./gauge.js', import.meta.url).href;
/** Long enough for closed sockets and for work put off until after the relaying. */
const SETTLE_MS = 50;
const MEMORY_SETTLE_MS = 300;

/** A running subject whose CPU time and memory can be asked for. */
export class Subject {
  readonly #launched: Launched;
  readonly #ended = new AbortController();

  private constructor(launched: Launched) {
    this.#launched = launched;
    launched.child.once('exit', () => this.#ended.abort());
  }

  static async start(name: SubjectName, site: Site): Promise<Subject> {
    return new Subject(await launch(name, site, GAUGE));
  }

  get port(): number {
    return this.#launched.port;
  }

  /** CPU time so far in microseconds, once what was under way is done. */
  async settledCpu(): Promise<number> {
    await pause(SETTLE_MS);
    return (await this.#ask('usage')).cpu;
  }

  /** Resident bytes once garbage is collected and freed pages are returned. */
  async settledMemory(): Promise<number> {
    await this.#ask('usage-collected');
    await pause(MEMORY_SETTLE_MS);
    return (await this.#ask('usage-collected')).rss;
  }

  async stop(): Promise<void> {
    await this.#launched.stop();
  }

  async #ask(question: Question): Promise<Usage> {
    const { child } = this.#launched;
    if (!child.connected) throw new Error('the process has ended');
    child.send(question);
    const [usage]: Usage[] = await once(child, 'message', { signal: this.#ended.signal });
    return usage!;
  }
}
