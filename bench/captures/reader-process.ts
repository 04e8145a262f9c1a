import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Toll } from './toll.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/main.js', import.meta.url));
const TOLL = new URL('./toll.js', import.meta.url).href;

/** What one `tare summary` found in a capture, and what it took. */
export interface Reading {
  readonly found: Found;
  readonly toll: Toll;
}

/** What is counted of a capture. */
export interface Found {
  readonly connections: number;
  readonly exchanges: number;
  readonly messages: number;
}

/** Reads the capture at `path` in a process of its own: `tare summary`. Rejects when that fails or complains. */
export async function readingOf(path: string, options: readonly string[] = []): Promise<Reading> {
  const child = spawn(process.execPath, ['--import', TOLL, ...options, PROGRAM, 'summary', path], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const ended = once(child, 'close');
  const [, summary, complaint, toll] = await Promise.all(
    child.stdio.map((stream) => (stream && 'read' in stream ? text(stream) : '')),
  );
  const [code, signal]: (number | string | null)[] = await ended;
  if (code !== 0 || complaint)
    throw new Error(`tare summary ${path} ended with ${code ?? signal}: ${complaint}`);
  return { found: foundIn(summary!), toll: JSON.parse(toll!) };
}

/** The counts in the last row of a summary. */
export function foundIn(summary: string): Found {
  const match = /^all +(\d+) +(\d+) +(\d+) /m.exec(summary);
  if (!match) throw new Error(`a summary without a last row: ${summary}`);
  const [connections, exchanges, messages] = match.slice(1).map(Number);
  return { connections: connections!, exchanges: exchanges!, messages: messages! };
}
