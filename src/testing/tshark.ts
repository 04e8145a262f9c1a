import { execFileSync } from 'node:child_process';

/** What tshark has to say of a capture file; it reads nothing but the file, whoever uses this machine. */
export function tshark(file: string, ...args: readonly string[]): string {
  return execFileSync('tshark', ['-n', '-r', file, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The values of these fields, a row for each packet that `filter` chooses. */
export function tsharkFields(file: string, filter: string, ...fields: readonly string[]): string[][] {
  const rows = tshark(file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t'));
}
