import { parseArgs } from 'node:util';
import { openedSite } from '../site.ts';
import type { Site } from '../subjects/command.ts';
import { isFailed, type Verdict, verdictLines } from '../verdict.ts';
import { messagesVerdicts } from './messages.ts';
import { silentVerdicts } from './silent.ts';

interface Options {
  readonly checks: readonly Check[];
  readonly rounds: number;
  readonly isSmoke: boolean;
}

type Check = (site: Site, rounds: number) => Promise<Verdict[]>;

const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['messages', messagesVerdicts],
  ['silent', silentVerdicts],
]);

/** How much one tare holds: docs/benchmarks.md tells the bounds. Exit code 1 when one was passed. */
async function main(): Promise<void> {
  const { checks, rounds, isSmoke } = optionsOrExit();
  const site = await openedSite(isSmoke);
  const verdicts: Verdict[] = [];
  for (const check of checks) verdicts.push(...(await check(site, rounds)));
  process.stdout.write(verdictLines(verdicts));
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
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      smoke: { type: 'boolean', default: false },
    },
  });
  if (process.platform !== 'linux') throw new Error('memory is read from /proc, which only Linux has');
  const rounds = values.smoke ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a count`);
  const names = values.only?.split(',') ?? [...CHECKS.keys()];
  return { checks: names.map(checkNamed), rounds, isSmoke: values.smoke };
}

function checkNamed(name: string): Check {
  const check = CHECKS.get(name);
  if (!check) throw new Error(`--only ${name}: the checks are ${[...CHECKS.keys()].join(', ')}`);
  return check;
}

await main();
