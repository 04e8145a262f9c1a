import { strictEqual } from 'node:assert';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CASES } from './cases/all.ts';
import { chunksOf, refill } from './chunks.ts';
import type { Round } from './round.ts';

/**
 * One decoder in a process of its own, so that no other's calls spoil what is compiled for it:
 * `node subject.js CASE CONTENDER MESSAGES`. Each IPC message from the parent asks for a round.
 */
const [caseIndex, contenderIndex, messages] = process.argv.slice(2).map(Number);
const { stream, contenders } = CASES[caseIndex!]!;
const { open } = contenders[contenderIndex!]!;
const { bytes, tally } = await stream(messages!);
const chunks = chunksOf(bytes);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

process.on('message', async () => process.send?.(await round()));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function round(): Promise<Round> {
  refill(chunks, bytes);
  const decode = open(chunks);
  collect();
  const cpuBefore = process.cpuUsage();
  const begun = process.hrtime.bigint();
  const found = await decode();
  const wall = Number(process.hrtime.bigint() - begun);
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const key of ['messages', 'payload', 'fields'] as const) strictEqual(found[key], tally[key], key);
  return { bytes: bytes.length, wall, cpu: (user + system) * 1000 };
}
