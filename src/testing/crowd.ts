import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Arrivals } from './arrivals.ts';

/** Connects a few hundred at a time, as many as a listening socket's queue holds. Each client asks, and keeps its connection. */
const CLIENTS = `
  const { connect } = require('node:net');
  const [, port, authority, count, answer] = process.argv;
  const ask = 'GET http://' + authority + '/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n';
  const sockets = [];
  let connecting = 0, waiting = 0, open = 0, failed = 0;
  const report = () => process.send({ open, failed });
  const answered = () => --waiting === 0 && report();
  function join() {
    let received = 0;
    connecting++;
    const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
    sockets.push(socket);
    const arrived = () => { connecting--; fill(); };
    socket.once('connect', () => { open++; arrived(); socket.write(ask); });
    socket.on('data', ({ length }) => {
      received += length;
      if (received === Number(answer)) { received = 0; answered(); }
    });
    socket.on('error', () => failed++);
    socket.on('close', () => --open === 0 && report());
  }
  function fill() { while (connecting < 200 && sockets.length < Number(count)) join(); }
  process.on('message', (message) => {
    waiting = Number(count);
    for (const socket of sockets) message === 'again' ? socket.write(ask) : socket.end();
  });
  waiting = Number(count);
  fill();
`;

/** How many clients are connected, and how many have failed. */
export interface CrowdReport {
  readonly open: number;
  readonly failed: number;
}

/** Many clients of a proxy, all connected at once, in a process of their own. */
export class Crowd implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #reports = new Arrivals<CrowdReport>();

  /** Each asks the origin at `authority` through the proxy at `port` as soon as it can; an answer has so many bytes. */
  constructor(port: number, authority: string, count: number, answer: number) {
    const args = ['-e', CLIENTS, String(port), authority, String(count), String(answer)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (report: CrowdReport) => this.#reports.add(report));
  }

  /** Waits until all have been answered. */
  answered(): Promise<CrowdReport> {
    return this.#reports.next();
  }

  /** Each asks once more, over the same connection. */
  askAgain(): Promise<CrowdReport> {
    this.#child.send('again');
    return this.#reports.next();
  }

  /** All go in order. */
  leave(): Promise<CrowdReport> {
    this.#child.send('leave');
    return this.#reports.next();
  }

  /** All are gone at once, without a word. */
  async kill(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }
}
