import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CASES } from './cases/all.ts';
import type { CaseOutcome, Round } from './round.ts';
import { roundsTable } from './rounds-table.ts';

const WARMING_ROUNDS = 2;
const SMOKE_SHARE = 100;

interface Options {
  readonly rounds: number;
  readonly warming: number;
  readonly isSmoke: boolean;
  readonly jsonFile: string | undefined;
}

/** tare's decoders beside their peers, without sockets: docs/benchmarks.md tells what is compared. */
async function main(): Promise<void> {
  const options = optionsOrExit();
  const outcomes: CaseOutcome[] = [];
  for (let index = 0; index < CASES.length; index++) outcomes.push(await outcomeOf(index, options));
  console.log(roundsTable(outcomes));
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, jsonOf(outcomes));
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
      rounds: { type: 'string', default: '7' },
      json: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a count`);
  return {
    rounds,
    warming: values.smoke ? 0 : WARMING_ROUNDS,
    isSmoke: values.smoke,
    jsonFile: values.json,
  };
}

async function outcomeOf(caseIndex: number, { rounds, warming, isSmoke }: Options): Promise<CaseOutcome> {
  const { name, messages: whole, contenders } = CASES[caseIndex]!;
  const messages = isSmoke ? whole / SMOKE_SHARE : whole;
  console.error(`${name} ...`);
  const subjects = await Promise.all(contenders.map((_, index) => started(caseIndex, index, messages)));
  for (let round = 0; round < warming; round++) for (const subject of subjects) await roundOf(subject);
  const measured = subjects.map((): Round[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...subjects.keys()] : [...subjects.keys()].reverse();
    for (const index of order) measured[index]!.push(await roundOf(subjects[index]!));
  }
  for (const subject of subjects) subject.disconnect();
  return { name, messages, rounds: new Map(contenders.map(({ name }, index) => [name, measured[index]!])) };
}

async function started(caseIndex: number, contenderIndex: number, messages: number): Promise<ChildProcess> {
  const args = [caseIndex, contenderIndex, messages].map(String);
  const child = fork(new URL('./subject.js', import.meta.url), args);
  await answer(child);
  return child;
}

function roundOf(subject: ChildProcess): Promise<Round> {
  subject.send('round');
  return answer(subject) as Promise<Round>;
}

/** What the child says next; rejects when it ends instead, which it does when it finds something else than there is. */
function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new Error(`${child.spawnargs.slice(2).join(' ')} ended`));
    child.once('exit', end);
    child.once('message', (message) => {
      child.off('exit', end);
      resolve(message);
    });
  });
}

function jsonOf(outcomes: readonly CaseOutcome[]): string {
  const results = outcomes.map(({ rounds, ...outcome }) => ({
    ...outcome,
    rounds: Object.fromEntries(rounds),
  }));
  return `${JSON.stringify({ node: process.version, results }, undefined, 2)}\n`;
}

await main();
