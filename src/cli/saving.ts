import { createWriteStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { harOf } from '../capture/har/har.ts';
import type { Session } from '../session/session.ts';
import type { Selection } from '../views/inspector/controls.ts';
import { version } from './version.ts';

/** How connections of what is looked at are copied as packets; absent where there are no packets to copy. */
export type CopyPackets = (connections: readonly number[], out: string) => Promise<void>;

/** Writes exchanges to a new file, as its name says: `.har`, or `.pcapng` with the connections they are on. */
export async function saveSelection(
  session: Session,
  { exchanges }: Selection,
  file: string,
  copyPackets: CopyPackets | undefined,
): Promise<string> {
  if (existsSync(file)) throw new Error(`${file} is there already: choose another name`);
  switch (extname(file)) {
    case '.har':
      return saveHar(session, exchanges, file);
    case '.pcapng':
      return savePackets(session, exchanges, file, copyPackets);
    default:
      throw new Error(`${file}: the name tells the format, it has to end in .pcapng or .har`);
  }
}

async function saveHar(session: Session, exchanges: readonly number[], file: string): Promise<string> {
  const only = new Set(exchanges);
  const part = {
    hasExchange: (number: number) => only.has(number),
    hasMessage: () => true,
    hasFailure: () => false,
  };
  const har = harOf(session, { version: version(), part });
  await pipeline(har, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  return `wrote ${counted(exchanges.length, 'exchange')} to ${file}`;
}

async function savePackets(
  session: Session,
  exchanges: readonly number[],
  file: string,
  copyPackets: CopyPackets | undefined,
): Promise<string> {
  if (!copyPackets) {
    throw new Error('packets are kept of what is recorded only: start to record (r) first, or save a .har');
  }
  const connections = [...new Set(exchanges.map((number) => session.exchanges.connectionOf(number)))];
  await copyPackets(connections, file);
  return `wrote ${counted(connections.length, 'connection')} to ${file}`;
}

/** Writes a text to a new file. */
export async function saveText(text: string, file: string): Promise<string> {
  await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  return `wrote ${file}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
