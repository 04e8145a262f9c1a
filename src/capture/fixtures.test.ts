import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { gross, overhead } from '../session/ledger.ts';
import { Session } from '../session/session.ts';
import type { Totals } from '../session/totals.ts';
import { type CaptureReading, readCaptureInto } from './capture-session.ts';

const CAPTURE = /\.pcap(ng)?(\.gz)?$/;
const captures = readdirSync('fixtures').filter((name) => CAPTURE.test(name));
const isFormat = (name: string) => name.startsWith('format-');

const sessions: Session[] = [];

afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
});

async function read(name: string): Promise<{ session: Session; reading: CaptureReading }> {
  const session = new Session();
  sessions.push(session);
  return { session, reading: await readCaptureInto(session, `fixtures/${name}`) };
}

/** What a capture came to, in a few lines that do not depend on ports or times. */
function summary(session: Session, { count, problems }: CaptureReading): string {
  const connections = [...session.connections.values()];
  const rows = Array.from({ length: session.messages.length }, (_, number) => session.messages.row(number));
  const lost = connections.flatMap(({ closing }) => (closing?.network ? [closing.network.missing] : []));
  const again = connections.flatMap(({ closing }) =>
    closing?.network ? [closing.network.retransmitted] : [],
  );
  return [
    `${count} packets`,
    ...[...session.totals()].map(([protocol, totals]) => `${protocol}: ${weighed(totals)}`),
    `ends: ${tally(connections.map(({ failure, reason }) => failure?.code ?? reason))}`,
    `messages: ${tally(rows.map(({ from, kind, complete }) => `${from} ${kind}${complete ? '' : ', cut off'}`))}`,
    `faults: ${tally(session.faults.map(({ from, rule }) => `${from} ${rule}`))}`,
    `lost: ${bothSides(lost)}`,
    `sent again: ${bothSides(again)}`,
    ...problems.map((problem) => `problem: ${problem}`),
    '',
  ].join('\n');
}

function weighed({ connections, exchanges, messages, weight }: Totals): string {
  const bytes = `${gross(weight)} bytes = ${overhead(weight)} + ${weight.payload} + ${weight.undecoded} undecoded`;
  return `${connections} connections, ${exchanges} exchanges, ${messages} messages, ${bytes}`;
}

function tally(words: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word ?? 'open', (counts.get(word ?? 'open') ?? 0) + 1);
  const told = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  return told.map(([word, count]) => `${count} ${word}`).join('; ') || 'none';
}

function bothSides(numbers: readonly { readonly client: number; readonly server: number }[]): string {
  const sum = (from: 'client' | 'server') => numbers.reduce((total, one) => total + one[from], 0);
  return `${sum('client')} bytes of clients, ${sum('server')} of servers`;
}

test.each(captures.filter((name) => !isFormat(name)))('%s is told as in its summary', async (name) => {
  const { session, reading } = await read(name);
  await expect(summary(session, reading)).toMatchFileSnapshot(resolve(`fixtures/${name}.txt`));
  expect(session.audit().imbalances).toEqual([]);
});

test.each(captures.filter(isFormat))('%s has in it what tcpdump wrote', async (name) => {
  const [here, there] = [await read(name), await read('tcpdump-websocket.pcap')];
  expect(summary(here.session, here.reading)).toBe(summary(there.session, there.reading));
});

describe('of what was altered the same messages are told where nothing is lost', () => {
  test.each(
    captures.filter((name) =>
      /^altered-(no-syn|repeated|reordered|overlapped|segmented|wrapping)/.test(name),
    ),
  )('%s', async (name) => {
    const base = /polling|no-syn/.test(name) ? 'polling' : /sse/.test(name) ? 'sse' : 'websocket';
    const [here, there] = [await read(name), await read(`tcpdump-${base}.pcap`)];
    expect(weights(here.session)).toEqual(weights(there.session));
    expect(here.session.faults).toEqual([]);
  });

  const weights = (session: Session) =>
    [...session.totals()].map(([protocol, totals]) => `${protocol}: ${weighed(totals)}`);
});

test('each capture has a line in the README', () => {
  const lines = readFileSync('fixtures/README.md', 'utf8').split('\n');
  const untold = captures.filter(
    (name) => lines.filter((line) => line.startsWith(`- \`${name}\`: `)).length !== 1,
  );
  expect(untold).toEqual([]);
});
