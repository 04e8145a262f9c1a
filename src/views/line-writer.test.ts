import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

/** A stream that takes nothing until it is opened. */
class SlowStream extends Writable {
  readonly taken: string[] = [];
  #open: (() => void) | undefined;
  #isOpen = false;

  override _write(part: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(part.toString());
    if (this.#isOpen) done();
    else this.#open = done;
  }

  open(): void {
    this.#isOpen = true;
    this.#open?.();
  }
}

const leftOut = (lines: number) => `(${lines} left out)`;
const MEBIBYTE = 'x'.repeat(1 << 20);

test('lines, in order', async () => {
  const stream = new SlowStream();
  stream.open();
  const writer = new LineWriter(stream, leftOut);
  writer.write('one');
  writer.write('two');
  await writer.finish(['last']);
  expect(stream.taken.join('')).toBe('one\ntwo\nlast\n');
});

test('what a slow stream cannot take is left out and counted; the last lines never are', async () => {
  const stream = new SlowStream();
  const writer = new LineWriter(stream, leftOut);
  for (let index = 0; index < 10; index++) writer.write(MEBIBYTE);
  expect(stream.writableLength).toBeLessThan(6 << 20);
  const finished = writer.finish(['last']);
  stream.open();
  await finished;
  expect(stream.taken.join('').replaceAll(MEBIBYTE, 'MiB')).toBe('MiB\nMiB\nMiB\nMiB\n(6 left out)\nlast\n');
});

test('once it can take more, it is told first what is missing', async () => {
  const stream = new SlowStream();
  const writer = new LineWriter(stream, leftOut);
  for (let index = 0; index < 6; index++) writer.write(MEBIBYTE);
  stream.open();
  await new Promise((resolve) => stream.write('', resolve));
  writer.write('again');
  await writer.finish([]);
  expect(stream.taken.join('').replaceAll(MEBIBYTE, 'MiB')).toMatch(/MiB\n\(\d left out\)\nagain\n$/);
});

test('the footer stays below what is written, and goes at the end', async () => {
  const stream = new PassThrough();
  const writer = new LineWriter(stream, leftOut);
  writer.write('one');
  writer.setFooter(['a', 'b']);
  writer.write('two');
  writer.setFooter(['c']);
  await writer.finish(['last']);
  expect(String(stream.read())).toBe(
    [
      'one\n',
      'a\nb\n',
      '\u001b[2F\u001b[Jtwo\na\nb\n',
      '\u001b[2F\u001b[Jc\n',
      '\u001b[1F\u001b[J',
      'last\n',
    ].join(''),
  );
});

test('a stream that nobody reads any more: told once, and nothing is thrown', async () => {
  const stream = new Writable({
    write: (_part, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const writer = new LineWriter(stream, leftOut);
  writer.write('one');
  writer.write('two');
  expect(await writer.gone).toMatchObject({ code: 'EPIPE' });
  writer.write('three');
  await writer.finish(['last']);
});

test('a stream that breaks while the last lines are written', async () => {
  const stream = new Writable({ write: (_part, _encoding, done) => done(new Error('ENOSPC')) });
  const writer = new LineWriter(stream, leftOut);
  await writer.finish(['last']);
  expect(await writer.gone).toMatchObject({ message: 'ENOSPC' });
});
