import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { measured } from './measuring.ts';
import { type Options, parsedOptions } from './options.ts';
import { isMet, type Outcome } from './outcome.ts';
import { openedSite } from './site.ts';
import type { Site } from './subjects/command.ts';
import { tableOf } from './table.ts';

/** The benchmark: docs/benchmarks.md tells what it measures and how to read it. */
async function main(): Promise<void> {
  const options = optionsOrExit();
  const outcomes = await allMeasured(options, await openedSite(options.isSmoke));

  console.log(tableOf(outcomes));
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, jsonOf(outcomes));
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  for (const failure of failures) console.error(failure);
  process.exit(failures.length === 0 ? 0 : 1);
}

function optionsOrExit(): Options {
  try {
    return parsedOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

async function allMeasured({ loads, subjects, rounds }: Options, site: Site): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const load of loads) {
    console.error(`${load.name} ...`);
    const wanted = ([load.beside, 'tare'] as const).filter((name) => subjects.includes(name));
    outcomes.push(await measured(load, wanted, rounds, site));
  }
  return outcomes;
}

function jsonOf(outcomes: readonly Outcome[]): string {
  const results = outcomes.map((outcome) => ({
    load: outcome.load.name,
    unit: outcome.load.unit,
    beside: outcome.load.beside,
    aim: outcome.load.aim,
    isMet: isMet(outcome),
    samples: Object.fromEntries(outcome.samples),
    failure: outcome.failure,
  }));
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism() };
  return `${JSON.stringify({ machine, results }, undefined, 2)}\n`;
}

await main();
