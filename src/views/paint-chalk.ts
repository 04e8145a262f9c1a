import type { ChalkInstance } from 'chalk';
import type { StyledLine, Tone } from './styled-line.ts';

/** Paints lines with what colours the terminal has; with none it leaves them plain. */
export function chalkPainter(chalk: ChalkInstance): (line: StyledLine) => string {
  const paints: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    dim: chalk.gray,
    client: chalk.cyan,
    server: chalk.green,
    head: chalk.blue,
    payload: chalk.green,
    fault: chalk.red,
    strong: chalk.bold,
  };
  return (line) =>
    line
      .map(({ text, tone }) => paints[tone](text))
      .join('')
      .trimEnd();
}
