import { parseArgs } from 'node:util';
import { CASES, type CaptureCase } from './cases.ts';

const PARTS = ['recording', 'reading'] as const;
const UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };
const SMOKE_SIZE = 2e6;

export interface CaptureBenchOptions {
  readonly only: readonly (typeof PARTS)[number][];
  readonly rounds: number;
  /** Bytes of each capture that is read, at least. */
  readonly size: number;
  /** What is read. */
  readonly captures: readonly CaptureCase[];
  readonly isSmoke: boolean;
}

/** Reads the command line; throws an Error that says what is wrong with it. */
export function parsedOptions(args: readonly string[]): CaptureBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      captures: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      size: { type: 'string', default: '256M' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a count`);
  return {
    only: values.only.split(',').map(partNamed),
    rounds,
    size: values.smoke ? SMOKE_SIZE : byteSize(values.size),
    captures: values.captures?.split(',').map(captureNamed) ?? CASES,
    isSmoke: values.smoke,
  };
}

function partNamed(name: string): (typeof PARTS)[number] {
  const part = PARTS.find((part) => part === name);
  if (!part) throw new Error(`--only ${name}: the parts are ${PARTS.join(', ')}`);
  return part;
}

function captureNamed(name: string): CaptureCase {
  const capture = CASES.find((capture) => capture.name === name);
  if (!capture) {
    throw new Error(`--captures ${name}: the captures are ${CASES.map(({ name }) => name).join(', ')}`);
  }
  return capture;
}

/** Powers of ten, as of disks. */
function byteSize(text: string): number {
  const match = /^(\d+)([kMG])$/.exec(text);
  const size = match && Number(match[1]) * UNITS[match[2]!]!;
  if (!size) throw new Error(`--size ${text}: not a size; write for example 64M or 2G`);
  return size;
}
