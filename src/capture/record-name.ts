import { format, parse } from 'node:path';

/** The name of the file with that number in a recording of several: `chat.pcapng` becomes `chat.00001.pcapng`, so that names sort. */
export function recordName(file: string, number: number): string {
  const { dir, name, ext } = parse(file);
  return format({ dir, name: `${name}.${String(number).padStart(DIGITS, '0')}`, ext });
}

const DIGITS = 5;
