import { CaptureDecoder } from '../capture/capture-decoder.ts';
import {
  enhancedPacket,
  interfaceDescription,
  nameResolution,
  sectionHeader,
} from '../capture/pcapng-blocks.ts';
import type { CaptureRecord } from '../capture/record.ts';
import { type FoundSlice, findSlice, SliceCopy } from '../capture/slice.ts';
import type { SliceWish } from '../capture/slice-choice.ts';
import type { TwiceReadable } from '../capture/twice-readable.ts';

/** What was found in a capture, and the file that a slice of it is. */
export async function sliced(
  capture: Uint8Array,
  wish: SliceWish,
): Promise<{ readonly found: FoundSlice; readonly file: Buffer; readonly copy: SliceCopy }> {
  const input = inMemory(capture);
  const found = await findSlice(input, wish);
  const copy = new SliceCopy(input, found.part);
  const blocks: Buffer[] = [];
  for await (const block of copy) blocks.push(block);
  return { found, file: Buffer.concat(blocks), copy };
}

/** Read in a few pieces, the memory of each of which is used again for the next. */
function inMemory(capture: Uint8Array): TwiceReadable {
  return {
    async *chunks() {
      const memory = Buffer.alloc(Math.ceil(capture.length / 3) || 1);
      for (let start = 0; start < capture.length; start += memory.length) {
        const part = capture.subarray(start, start + memory.length);
        memory.set(part);
        const read = start + part.length;
        yield { bytes: memory.subarray(0, part.length), read, total: capture.length };
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A pcapng file that tells these records; interfaces have one link type each. */
export function captureOf(records: readonly CaptureRecord[]): Buffer {
  const links = new Map<number, number>();
  for (const record of records) if (record.type === 'packet') links.set(record.interface, record.link);
  const interfaces = Array.from({ length: Math.max(0, ...links.keys()) + 1 }, (_, number) =>
    interfaceDescription({ link: links.get(number) ?? 101 }),
  );
  const blocks = records.map((record) => {
    if (record.type === 'names') return nameResolution(record.entries);
    return record.type === 'packet' ? enhancedPacket({ ...record, bytes: [record.bytes] }) : Buffer.alloc(0);
  });
  return Buffer.concat([sectionHeader({ application: 'test' }), ...interfaces, ...blocks]);
}

/** What a capture file tells; each packet's bytes are its own. */
export function recordsIn(file: Uint8Array): CaptureRecord[] {
  const decoder = new CaptureDecoder();
  return [...decoder.push(Uint8Array.from(file)), ...decoder.end()];
}
