import { OPCODE_NAMES, type TrafficCounts } from './traffic-counts.ts';
import { tshark } from './tshark.ts';

const FIELDS = [
  'tcp.srcport',
  'tcp.dstport',
  'tcp.len',
  'http.request.method',
  'http.response.code',
  'websocket.opcode',
  'websocket.mask',
  'websocket.payload_length',
  'websocket.payload_length_ext_16',
  'websocket.payload_length_ext_64',
] as const;

/**
 * What tshark counts in a capture. It is asked to put segments in order, which it does not by itself; `asked` may say otherwise,
 * or more, as `-o` and a preference.
 */
export function tsharkCounts(file: string, asked: readonly string[] = []): TrafficCounts {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const told = tshark(
    file,
    '-o',
    'tcp.reassemble_out_of_order:TRUE',
    ...asked,
    '-Y',
    'tcp',
    '-T',
    'fields',
    ...fields,
  );
  const packets = told.split('\n').filter((line) => line !== '');
  const rows = packets.map((line) => line.split('\t').map((values) => values.split(',').filter(Boolean)));
  return {
    requests: rows.reduce((sum, row) => sum + row[3]!.length, 0),
    responses: rows.reduce((sum, row) => sum + row[4]!.length, 0),
    frames: rows.flatMap(framesIn).sort(),
    payload: payloadIn(rows),
  };
}

/** Frames that end in one packet. Lengths past 125 stand in a list of their own, as only some frames have such. */
function framesIn(row: readonly string[][]): string[] {
  const [opcodes = [], masks = [], lengths = [], longer = [], longest = []] = row.slice(5);
  const [longerLeft, longestLeft] = [[...longer], [...longest]];
  return opcodes.map((opcode, index) => {
    const short = lengths[index];
    const length = short === '126' ? longerLeft.shift() : short === '127' ? longestLeft.shift() : short;
    const from = masks[index] === '1' ? 'client' : 'server';
    return `${from} ${OPCODE_NAMES.get(Number(opcode)) ?? opcode} ${length}`;
  });
}

function payloadIn(rows: readonly (readonly string[][])[]): Record<string, number> {
  const payload: Record<string, number> = {};
  for (const [[source], [destination], [length]] of rows as readonly [string[], string[], string[]][]) {
    const way = `${source} > ${destination}`;
    if (Number(length) > 0) payload[way] = (payload[way] ?? 0) + Number(length);
  }
  return payload;
}
