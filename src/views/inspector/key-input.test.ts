import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { KeyInput, sequencesIn } from './key-input.ts';

const ESC = '\u001b';

describe('sequences', () => {
  test.each([
    { name: 'characters that belong together', text: 'host', apart: ['host'] },
    { name: 'arrows, of both kinds', text: `${ESC}[A${ESC}OB`, apart: [`${ESC}[A`, `${ESC}OB`] },
    {
      name: 'a turned wheel',
      text: `${ESC}[<64;3;4M${ESC}[<64;3;4M`,
      apart: [`${ESC}[<64;3;4M`, `${ESC}[<64;3;4M`],
    },
    { name: 'keys between words', text: `ab${ESC}[5~李`, apart: ['ab', `${ESC}[5~`, '李'] },
    { name: 'escape twice', text: `${ESC}${ESC}`, apart: [ESC, ESC] },
    { name: 'alt and a letter', text: `${ESC}b`, apart: [`${ESC}b`] },
    { name: 'a mouse that reports as of old', text: `${ESC}[M`, apart: [] },
  ])('$name', ({ text, apart }) => {
    expect(sequencesIn(text)).toEqual(apart);
  });
});

/** What is read of an input that comes in these pieces. */
function read(...pieces: readonly (string | Uint8Array)[]): string[] {
  const source = new PassThrough();
  const input = new KeyInput(source);
  const heard: string[] = [];
  input.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
  for (const piece of pieces) input.write(piece);
  input.close();
  return heard;
}

describe('an input', () => {
  test('tells one sequence at a time', () => {
    expect(read(`${ESC}[A${ESC}[Bx`)).toEqual([`${ESC}[A`, `${ESC}[B`, 'x']);
  });

  test('waits for the end of a sequence, and of a character', () => {
    expect(read(`x${ESC}[<64;3`, ';4M', `${ESC}O`, 'A')).toEqual(['x', `${ESC}[<64;3;4M`, `${ESC}OA`]);
    const wide = Buffer.from('李');
    expect(read(wide.subarray(0, 1), wide.subarray(1))).toEqual(['李']);
  });

  test('does not wait behind escape', () => {
    expect(read(ESC)).toEqual([ESC]);
  });

  test('sets the terminal raw, and lets go of it', () => {
    const asked: boolean[] = [];
    const source = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => asked.push(isRaw) });
    const input = new KeyInput(source);
    input.setRawMode(true);
    expect(input.isRaw).toBe(true);
    input.setRawMode(false);
    input.close();
    expect(asked).toEqual([true, false]);
    expect(source.isPaused()).toBe(true);
    expect(source.listenerCount('data')).toBe(0);
  });
});
