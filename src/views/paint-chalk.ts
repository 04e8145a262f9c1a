import type { ChalkInstance } from 'chalk';
import type { StyledLine, Tone } from './styled-line.ts';

/** Paints lines with what colours the terminal has; with none it leaves them plain. */
export function chalkPainter(chalk: ChalkInstance): (line: StyledLine) => string {
  const paints: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    dim: chalk.gray,
    strong: chalk.bold,
    client: chalk.cyan,
    server: chalk.green,
    head: chalk.blue,
    framing: chalk.yellow,
    control: chalk.magenta,
    tls: chalk.gray,
    payload: chalk.green,
    undecoded: chalk.red,
    fault: chalk.red,
    name: chalk.cyan,
    string: (text) => text,
    number: chalk.yellow,
    word: chalk.magenta,
  };
  return (line) => {
    const end = line.findLastIndex(({ text }) => text.trimEnd() !== '');
    const shown = line.slice(0, end + 1);
    return shown.map(({ text, tone }, index) => paints[tone](index === end ? text.trimEnd() : text)).join('');
  };
}
