import { describe, expect, test } from 'vitest';
import { BlockMemory, SLAB } from './block-memory.ts';

const block = (length: number, fill: number) => Buffer.alloc(length, fill);

describe('blocks', () => {
  test('come out as they were written, once', () => {
    const memory = new BlockMemory();
    memory.add(block(8, 1));
    memory.add(block(4, 2));
    expect(memory.waiting).toBe(12);
    expect(Buffer.concat(memory.take().map(({ bytes }) => bytes))).toEqual(
      Buffer.concat([block(8, 1), block(4, 2)]),
    );
    expect(memory.take()).toEqual([]);
    expect(memory.waiting).toBe(0);
    memory.add(block(4, 3));
    expect(memory.take().map(({ bytes }) => bytes)).toEqual([block(4, 3)]);
    expect(memory.written).toBe(16);
  });

  test('are in one piece, also where a slab ends', () => {
    const memory = new BlockMemory();
    const long = SLAB / 2 + 4;
    for (const fill of [1, 2, 3]) memory.add(block(long, fill));
    const taken = memory.take().map(({ bytes }) => bytes);
    expect(taken.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)])).toEqual([
      [long, 1, 1],
      [long, 2, 2],
      [long, 3, 3],
    ]);
  });
});

describe('memory', () => {
  const large = SLAB - 8;

  test('serves again when its blocks are given back', () => {
    const memory = new BlockMemory();
    memory.add(block(large, 1));
    const [first] = memory.take();
    memory.add(block(large, 2));
    memory.giveBack(first!);
    memory.add(block(large, 3));
    const taken = memory.take();
    expect(taken.map(({ bytes }) => bytes[0])).toEqual([2, 3]);
    expect(taken[1]!.slab).toBe(first!.slab);
  });

  test('stays as it is while any of its blocks is in use', () => {
    const memory = new BlockMemory();
    memory.add(block(8, 1));
    const [first] = memory.take();
    memory.add(block(8, 2));
    const [second] = memory.take();
    memory.add(block(large, 3));
    memory.giveBack(second!);
    for (const fill of [4, 5]) memory.add(block(large, fill));
    expect([first!.bytes, second!.bytes]).toEqual([block(8, 1), block(8, 2)]);
    memory.giveBack(first!);
    memory.add(block(large, 6));
    expect(first!.bytes[0]).toBe(6);
  });
});
