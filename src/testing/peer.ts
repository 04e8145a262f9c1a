import { connect, type Socket } from 'node:net';

/** One end of a connection, which keeps what it receives; waiting for it is waiting for the socket's own events. */
export class Peer implements AsyncDisposable {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #waiting = new Set<() => void>();
  #error = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#chunks.push(bytes);
      this.#check();
    });
    socket.on('end', () => this.#check());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = error.code ?? error.message;
    });
    socket.on('close', () => this.#check());
  }

  /** All that came so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The same, a character for each byte. */
  get text(): string {
    return this.bytes.toString('latin1');
  }

  write(data: string | Uint8Array): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  /** Waits for so many bytes, or for bytes that include `wanted`, and gives all that came. */
  async until(wanted: string | number): Promise<string> {
    await this.#when(
      () => (typeof wanted === 'number' ? this.bytes.length >= wanted : this.text.includes(wanted)),
      JSON.stringify(wanted),
    );
    return this.text;
  }

  /** Waits until the other side has said its last, and gives all that came. */
  async ended(): Promise<string> {
    await this.#when(() => this.socket.readableEnded, 'the end');
    return this.text;
  }

  /** Waits until the connection is closed: '' in order, else the error's code. */
  async closed(): Promise<string> {
    await this.#when(() => this.socket.closed, 'the close');
    return this.#error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed();
  }

  #when(isThere: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!isThere() && !this.socket.closed) return;
        this.#waiting.delete(check);
        if (isThere()) resolve();
        else
          reject(
            new Error(`closed (${this.#error}) before ${what} came, after ${JSON.stringify(this.text)}`),
          );
      };
      this.#waiting.add(check);
      check();
    });
  }

  #check(): void {
    for (const check of this.#waiting) check();
  }
}

/** A raw connection to a port of this machine, which keeps its own side open when the other ends. */
export function dialPeer(port: number): Peer {
  return new Peer(connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }));
}
