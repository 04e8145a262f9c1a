import { spawnSync } from 'node:child_process';

/** What tshark ends with behind what it told, where the end of a packet is missing. */
const CUT_SHORT = 2;

/** What tshark has to say of a capture file; it reads nothing but the file, whoever uses this machine. */
export function tshark(file: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('tshark', ['-n', '-r', file, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0 && !(status === CUT_SHORT && stdout !== '')) {
    throw new Error(`tshark ended with ${status}: ${stderr}`);
  }
  return stdout;
}

/** The values of these fields, a row for each packet that `filter` chooses. */
export function tsharkFields(file: string, filter: string, ...fields: readonly string[]): string[][] {
  const rows = tshark(file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t'));
}
