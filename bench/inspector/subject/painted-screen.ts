import { PassThrough, Writable } from 'node:stream';

/** A terminal that paints nothing and is never slow; it tells when frames come. */
export class PaintedScreen extends Writable {
  readonly input = new PassThrough();
  readonly columns = 120;
  readonly rows = 40;
  readonly isTTY = true;
  /** Frames so far. */
  frames = 0;
  #isInFrame = false;
  readonly #waiting: (() => void)[] = [];

  /** A frame is written at once, in several pieces. */
  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
    if (this.#isInFrame) return;
    this.#isInFrame = true;
    queueMicrotask(() => this.#painted());
  }

  /** Resolves at the next frame. */
  frame(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Presses a key; resolves with the milliseconds until a frame came behind it. */
  async press(key: string): Promise<number> {
    const pressed = performance.now();
    this.input.write(key);
    await this.frame();
    return performance.now() - pressed;
  }

  #painted(): void {
    this.#isInFrame = false;
    this.frames++;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
