import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { copyPackets } from './packet-copy.ts';
import { saveSelection, saveText } from './saving.ts';

const CAPTURE = 'fixtures/tare-polling.pcapng';

let folder: TemporaryFolder;
let session: Session;

beforeEach(async () => {
  folder = new TemporaryFolder();
  session = await sessionOf(CAPTURE);
});
afterEach(() => {
  session.close();
  folder[Symbol.dispose]();
});

async function sessionOf(file: string): Promise<Session> {
  const read = new Session();
  expect((await readCaptureInto(read, file, {})).problems).toEqual([]);
  return read;
}

const out = (name: string) => join(folder.path, name);
const copy = (connections: readonly number[], to: string) => copyPackets(CAPTURE, connections, to);

test('the exchanges that were chosen, and no others, are in a HAR', async () => {
  expect(await saveSelection(session, { exchanges: [2, 3] }, out('x.har'), copy)).toBe(
    `wrote 2 exchanges to ${out('x.har')}`,
  );
  const { exchanges } = await sessionOf(out('x.har'));
  const targets = [2, 3].map((number) => session.exchanges.get(number)?.request?.target);
  expect([...exchanges].map(({ request }) => new URL(request?.target ?? '', 'http://x').pathname)).toEqual(
    targets.map((target) => new URL(target ?? '', 'http://x').pathname),
  );
  expect(statSync(out('x.har')).mode & 0o777).toBe(0o600);
});

test('the connection of an exchange is in a pcapng, with all of its exchanges', async () => {
  const { connection } = session.exchanges.get(1)!;
  await saveSelection(session, { exchanges: [1] }, out('x.pcapng'), copy);
  const saved = await sessionOf(out('x.pcapng'));
  const told = [...session.exchanges].filter((exchange) => exchange.connection === connection);
  expect(saved.connections.size).toBe(1);
  expect([...saved.exchanges].map(({ request }) => request?.target)).toEqual(
    told.map(({ request }) => request?.target),
  );
});

test.each([
  { name: 'x.txt', words: /has to end in \.pcapng or \.har/ },
  { name: 'none/x.har', words: /could not write .*: there is no such folder/ },
])('$name is not written', async ({ name, words }) => {
  await expect(saveSelection(session, { exchanges: [1] }, out(name), copy)).rejects.toThrow(words);
});

test.each(['x.har', 'x.pcapng'])('%s is not written over', async (name) => {
  writeFileSync(out(name), 'precious');
  const saving = saveSelection(session, { exchanges: [1] }, out(name), copy);
  await expect(saving).rejects.toThrow(`${out(name)} is there already: choose another name`);
  expect(readFileSync(out(name), 'utf8')).toBe('precious');
});

test('where the copying fails no part of a file is left', async () => {
  const failing = async (_: readonly number[], to: string) => {
    writeFileSync(to, 'half');
    throw new Error('the packets are gone');
  };
  await expect(saveSelection(session, { exchanges: [1] }, out('x.pcapng'), failing)).rejects.toThrow(
    'the packets are gone',
  );
  expect(existsSync(out('x.pcapng'))).toBe(false);
});

test('bytes that are no HTTP have no place in a HAR', async () => {
  const raw = await sessionOf('fixtures/tare-tcp.pcapng');
  const { number } = [...raw.exchanges].find(({ protocol }) => protocol === 'tcp')!;
  await expect(saveSelection(raw, { exchanges: [number] }, out('x.har'), copy)).rejects.toThrow(
    /a HAR has no place for/,
  );
  expect(existsSync(out('x.har'))).toBe(false);
});

test('a text goes to a new file', async () => {
  expect(await saveText('curl http://x/', out('line'))).toBe(`wrote ${out('line')}`);
  expect(readFileSync(out('line'), 'utf8')).toBe('curl http://x/');
  await expect(saveText('other', out('line'))).rejects.toThrow('is there already');
});
