import { parseArgs } from 'node:util';
import { openedSite } from '../site.ts';
import { isFailed, verdictLines } from '../verdict.ts';
import { millionVerdicts } from './million.ts';
import { throughputTable } from './throughput.ts';

const PARTS = ['million', 'throughput'] as const;

interface Options {
  readonly only: readonly (typeof PARTS)[number][];
  readonly rounds: number;
  readonly isSmoke: boolean;
}

/** What the inspector costs, and how soon it answers: docs/benchmarks.md tells how it is measured. Exit code 1 when a bound was passed. */
async function main(): Promise<void> {
  const { only, rounds, isSmoke } = optionsOrExit();
  const verdicts = only.includes('million') ? await millionVerdicts(isSmoke) : [];
  process.stdout.write(verdictLines(verdicts));
  if (only.includes('throughput')) console.log(await throughputTable(await openedSite(isSmoke), rounds));
  process.exit(verdicts.some(isFailed) ? 1 : 0);
}

function optionsOrExit(): Options {
  try {
    return parsedOptions();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function parsedOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      rounds: { type: 'string', default: '5' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a count`);
  return { only: values.only.split(',').map(partNamed), rounds, isSmoke: values.smoke };
}

function partNamed(name: string): (typeof PARTS)[number] {
  const part = PARTS.find((part) => part === name);
  if (!part) throw new Error(`--only ${name}: the parts are ${PARTS.join(', ')}`);
  return part;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
