import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCaptureInto } from '../capture/capture-session.ts';
import { openRecorder } from '../capture/recorder.ts';
import { redaction } from '../capture/redaction/redaction.ts';
import { contentOf } from '../session/content.ts';
import { Session } from '../session/session.ts';
import { client, server } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { RecordingSwitch } from './recording-switch.ts';

const HANDSHAKE = [
  client(
    'GET /socket HTTP/1.1\nHost: chat.example\nCookie: sid=hidden-one\nConnection: Upgrade\nUpgrade: websocket\n',
    'Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n',
  ),
  server(
    'HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\n',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n',
  ),
];
const text = (payload: string) => server(websocketFrame({ opcode: 1, payload }));

let folder: TemporaryFolder;
let file: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  file = join(folder.path, 'live.pcapng');
});
afterEach(() => folder[Symbol.dispose]());

async function readBack(name = file): Promise<Session> {
  const session = new Session();
  const { problems } = await readCaptureInto(session, name, {});
  expect(problems).toEqual([]);
  expect(session.audit().imbalances).toEqual([]);
  return session;
}

function texts(session: Session): (string | undefined)[] {
  const { length } = session.messages;
  const numbers = Array.from({ length }, (_, number) => number);
  const isText = (number: number) => session.messages.row(number).kind === 'text';
  return numbers.filter(isText).map((number) => contentOf(session, number, 100)?.toString());
}

describe('a recording that begins while a WebSocket is open', () => {
  test.each([
    { name: 'between two messages', before: [text('early')], behind: [text('late')], read: ['late'] },
    {
      name: 'in the middle of one',
      before: [text('early'), server(text('torn apart').bytes.subarray(0, 5))],
      behind: [server(text('torn apart').bytes.subarray(5)), text('late')],
      read: ['torn apart', 'late'],
    },
    { name: 'right behind its handshake', before: [], behind: [text('late')], read: ['late'] },
  ])('$name reads back as a WebSocket', async ({ before, behind, read }) => {
    const recording = new RecordingSwitch(new Session(), undefined);
    const script = new TapScript(recording.take).open().say(...HANDSHAKE, ...before);
    await recording.start(file);
    script.say(...behind).close();
    await recording.stop();
    const session = await readBack();
    expect(session.exchanges.get(1)).toMatchObject({ protocol: 'websocket', request: { target: '/socket' } });
    expect(texts(session)).toEqual(read);
    expect(session.faults.filter(({ rule }) => rule !== 'capture')).toEqual([]); // what came before is missing
  });

  test('tells the sockets’ own counters of bytes that passed before', async () => {
    const recording = new RecordingSwitch(new Session(), undefined);
    const script = new TapScript(recording.take).open().say(...HANDSHAKE, text('early'));
    await recording.start(file);
    script.say(text('late')).close();
    await recording.stop();
    const [connection] = [...(await readBack()).connections.values()];
    const said = HANDSHAKE[1]!.bytes.length + text('early').bytes.length + text('late').bytes.length;
    expect(connection?.closing?.tapped.server).toBe(said);
  });

  test('holds no secret, not that of its handshake either, where it is redacted', async () => {
    const recording = new RecordingSwitch(new Session(), redaction());
    const script = new TapScript(recording.take).open().say(...HANDSHAKE);
    await recording.start(file);
    script.say(text('{"token":"hidden-two"}'), text('plain')).close();
    await recording.stop();
    expect(readFileSync(file, 'latin1')).not.toContain('hidden');
    expect(texts(await readBack())).toEqual(['{"token":"xxxxxxxxxx"}', 'plain']);
  });
});

test('what was said before and behind a recording is not in it', async () => {
  const recording = new RecordingSwitch(new Session(), undefined);
  const script = new TapScript(recording.take).open().say(...HANDSHAKE);
  await recording.start(file);
  script.say(text('inside'));
  await recording.stop();
  script.say(text('behind')).close();
  expect(texts(await readBack())).toEqual(['inside']);
});

test('one recording may follow another, and each is told of at the end', async () => {
  const recording = new RecordingSwitch(new Session(), undefined);
  const first = join(folder.path, 'first.pcapng');
  const recorder = await openRecorder({ file: first, epoch: 0n, onTrouble: () => {} });
  recording.adopt(recorder, first, true);
  expect(recording.state()?.file).toBe(first);
  await expect(recording.start(file)).rejects.toThrow(`${first} is recorded already`);
  expect(await recording.stop()).toContain(`in ${first}`);
  expect(recording.state()).toBeUndefined();
  await recording.start(file);
  expect(recording.state()).toMatchObject({ file, problem: undefined });
  expect(await recording.finish()).toEqual([
    expect.stringContaining(`in ${first}`),
    expect.stringContaining(`in ${file}`),
  ]);
});

test('of two that begin at once the second is refused', async () => {
  const recording = new RecordingSwitch(new Session(), undefined);
  const first = recording.start(file);
  const second = join(folder.path, 'second.pcapng');
  await expect(recording.start(second)).rejects.toThrow('a recording begins already');
  await first;
  expect(existsSync(second)).toBe(false);
  expect(await recording.finish()).toHaveLength(1);
});

test.each([
  { name: 'a file that is there', path: () => file, words: /live\.pcapng is there already/ },
  { name: 'a folder that is not', path: () => join(folder.path, 'none', 'x.pcapng'), words: /none/ },
  { name: 'the screen', path: () => '-', words: /standard output is the screen/ },
])('$name is not recorded to, and another one can be', async ({ path, words }) => {
  writeFileSync(file, 'precious');
  const recording = new RecordingSwitch(new Session(), undefined);
  await expect(recording.start(path())).rejects.toThrow(words);
  expect(readFileSync(file, 'utf8')).toBe('precious');
  await recording.start(join(folder.path, 'other.pcapng'));
  expect(await recording.finish()).toHaveLength(1);
});

describe('packets of a connection', () => {
  const copy = () => join(folder.path, 'copy.pcapng');

  test('are copied out of a recording that goes on', async () => {
    const recording = new RecordingSwitch(new Session(), undefined);
    await recording.start(file);
    const scripts = [1, 2].map((number) => new TapScript(recording.take, number).open().say(...HANDSHAKE));
    scripts[0]!.say(text('of the first'));
    scripts[1]!.say(text('of the second'));
    await recording.copyPackets([2], copy());
    expect(texts(await readBack(copy()))).toEqual(['of the second']);
    await recording.stop();
  });

  test.each([
    { name: 'nothing is recorded', begin: async () => {}, words: /start to record \(r\) first/ },
    {
      name: 'it was not recorded',
      begin: (recording: RecordingSwitch) => recording.start(file),
      words: /live\.pcapng has nothing of it/,
    },
    {
      name: 'a pipe is recorded to',
      begin: async (recording: RecordingSwitch) =>
        recording.adopt(await openRecorder({ file, epoch: 0n, onTrouble: () => {} }), '-', false),
      words: /cannot be read while it is recorded/,
    },
  ])('are not there where $name', async ({ begin, words }) => {
    const recording = new RecordingSwitch(new Session(), undefined);
    await begin(recording);
    await expect(recording.copyPackets([7], copy())).rejects.toThrow(words);
    expect(existsSync(copy())).toBe(false);
    await recording.finish();
  });
});
