import type { Options } from 'yargs';
import { isNeededField, type NameLists } from '../capture/redaction/redacted-names.ts';
import { redaction } from '../capture/redaction/redaction.ts';
import type { TapSink } from '../tap.ts';
import { UsageError } from './usage-error.ts';

/** The options of commands that write what passed to a file for others. */
export const REDACT_OPTIONS = {
  redact: {
    type: 'boolean',
    default: false,
    describe: 'Replace credentials, cookies, tokens and passwords in the file by as many x',
  },
  'redact-also': {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: '--redact these NAMES too: header:x-team,query:sid,json:pin, or pin for all three',
  },
} satisfies Record<string, Options>;

export interface RedactArguments {
  readonly redact: boolean;
  readonly 'redact-also': readonly string[] | undefined;
}

/** What makes a sink redact, where one is to; throws a UsageError. */
export function redactOption(args: RedactArguments): ((sink: TapSink) => TapSink) | undefined {
  const also = args['redact-also'];
  if (!args.redact && also === undefined) return undefined;
  return redaction(namesOf(also ?? []));
}

type Kind = keyof NameLists;

function namesOf(values: readonly string[]): NameLists {
  const names: Record<Kind, string[]> = { header: [], query: [], json: [] };
  for (const value of values) {
    for (const part of value.split(',')) add(part.trim(), value, names);
  }
  return names;
}

function add(part: string, value: string, names: Record<Kind, string[]>): void {
  const colon = part.indexOf(':');
  const name = part.slice(colon + 1).trim();
  if (name === '') throw wrong(value, 'a name is missing');
  if (/[\s:="'?&;{}]/.test(name)) throw wrong(value, `${JSON.stringify(name)} is not a name`);
  if (colon < 0) {
    for (const list of Object.values(names)) list.push(name);
    return;
  }
  const kind = part.slice(0, colon).trim();
  if (!isKind(kind))
    throw wrong(value, `there is no kind ${JSON.stringify(kind)}, only header, query and json`);
  if (kind === 'header' && isNeededField(name.toLowerCase())) {
    throw wrong(value, `${name} has to stay: without it the recording cannot be read`);
  }
  names[kind].push(name);
}

function isKind(text: string): text is Kind {
  return text === 'header' || text === 'query' || text === 'json';
}

function wrong(value: string, why: string): UsageError {
  return new UsageError(`--redact-also ${value}: ${why}; write for example header:x-team,query:sid,json:pin`);
}
