import { createWriteStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { harOf } from '../capture/har/har.ts';
import { codeOf } from '../capture/record-file.ts';
import type { Session } from '../session/session.ts';
import type { Selection } from '../views/inspector/controls.ts';
import { version } from './version.ts';
import { unwritable } from './written-file.ts';

/** How connections of what is looked at are copied as packets to a new file; absent where there are no packets to copy. */
export type CopyPackets = (connections: readonly number[], out: string) => Promise<void>;

/** Writes exchanges to a new file, as its name says: `.har`, or `.pcapng` with the connections they are on. Rejects with words. */
export async function saveSelection(
  session: Session,
  { exchanges }: Selection,
  file: string,
  copyPackets: CopyPackets | undefined,
): Promise<string> {
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
  const fitting = exchanges.filter((number) => IN_HAR.has(session.exchanges.get(number)?.protocol ?? ''));
  if (fitting.length === 0) {
    throw new Error('a HAR has no place for bytes that are no HTTP or WebSocket: save a .pcapng');
  }
  const only = new Set(fitting);
  const part = {
    hasExchange: (number: number) => only.has(number),
    hasMessage: () => true,
    hasFailure: () => false,
  };
  await intoNew(file, () =>
    pipeline(harOf(session, { version: version(), part }), createWriteStream(file, NEW)),
  );
  return `wrote ${counted(fitting.length, 'exchange')} to ${file}`;
}

/** What HAR can tell of. */
const IN_HAR: ReadonlySet<string> = new Set(['http1', 'websocket', 'sse']);

async function savePackets(
  session: Session,
  exchanges: readonly number[],
  file: string,
  copyPackets: CopyPackets | undefined,
): Promise<string> {
  if (!copyPackets) throw new Error('there are no packets to copy: save a .har');
  const connections = [...new Set(exchanges.map((number) => session.exchanges.connectionOf(number)))];
  await intoNew(file, () => copyPackets(connections, file));
  return `wrote ${counted(connections.length, 'connection')} to ${file}`;
}

/** Writes a text to a new file. Rejects with words. */
export async function saveText(text: string, file: string): Promise<string> {
  await intoNew(file, () => writeFile(file, text, NEW));
  return `wrote ${file}`;
}

/** Readable by nobody else, as it holds what was said in private; and never over what is there. */
const NEW = { mode: 0o600, flag: 'wx', flags: 'wx' } as const;

/** Half a file is none. */
async function intoNew(file: string, write: () => Promise<void>): Promise<void> {
  if (existsSync(file)) throw new Error(`${file} is there already: choose another name`);
  try {
    await write();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await rm(file, { force: true });
    throw codeOf(error) === undefined ? error : unwritable(file, error);
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
