import { PROXY_OPTIONS } from './proxy-options.ts';
import { SLICE_OPTIONS } from './slice-options.ts';
import { suggestion } from './suggestion.ts';

const COMMANDS = ['demo', 'show', 'open', 'summary', 'export', 'slice'];
const OPTIONS = [
  ...Object.keys(PROXY_OPTIONS),
  ...Object.keys(SLICE_OPTIONS),
  'help',
  'version',
  'follow',
  'har',
];

const UNKNOWN = /^Unknown (?:argument|command)s?: (.+)$/;

/** What yargs has to say against the command line, as one line, with a guess at what was meant. */
export function complaint(message: string, typed: readonly string[]): string {
  const line = message.replace(/\s*\n\s*/g, ' ');
  const unknown = UNKNOWN.exec(line)?.[1]?.split(', ')[0]; // yargs repeats an option in camel case
  if (unknown === undefined) return line;
  const isOption = typed.some((word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`));
  const meant = suggestion(unknown, isOption ? OPTIONS : COMMANDS);
  const guess = meant === undefined ? '' : `; did you mean ${isOption ? '--' : ''}${meant}?`;
  return `Unknown ${isOption ? `option: --${unknown}` : `argument: ${unknown}`}${guess}`;
}
