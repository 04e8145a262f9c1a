import { parseArgs } from 'node:util';
import { LOADS } from './loads/all.ts';
import type { Load } from './loads/load.ts';
import type { SubjectName } from './subjects/command.ts';

export interface Options {
  readonly loads: readonly Load[];
  readonly subjects: readonly SubjectName[];
  readonly rounds: number;
  readonly isSmoke: boolean;
  /** Where the samples go as JSON. */
  readonly jsonFile: string | undefined;
}

/** Reads the command line; throws an Error that says what is wrong with it. */
export function parsedOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      only: { type: 'string' },
      subjects: { type: 'string', default: 'plain,tls,tare' },
      json: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const rounds = values.smoke ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a count`);
  return {
    loads: values.only === undefined ? LOADS : values.only.split(',').map(loadNamed),
    subjects: ['node', ...values.subjects.split(',').map(subjectNamed)],
    rounds,
    isSmoke: values.smoke,
    jsonFile: values.json,
  };
}

function loadNamed(name: string): Load {
  const load = LOADS.find((load) => load.name === name);
  if (!load) throw new Error(`--only ${name}: the loads are ${LOADS.map((load) => load.name).join(', ')}`);
  return load;
}

function subjectNamed(name: string): SubjectName {
  if (name === 'plain' || name === 'tls' || name === 'tare') return name;
  throw new Error(`--subjects ${name}: the subjects are plain, tls, tare`);
}
