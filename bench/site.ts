import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeIdentity } from './identity.ts';
import type { OriginPorts } from './origin/origin.ts';
import { selfSigned } from './self-signed.ts';
import type { Site } from './subjects/command.ts';

/** A new folder, which goes when the process ends, and an origin in a process of its own, which ends with this one. */
export async function openedSite(isSmoke: boolean): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'tare-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeIdentity(folder, await selfSigned());
  return { origin: await startedOrigin(folder), folder, isSmoke };
}

async function startedOrigin(folder: string): Promise<OriginPorts> {
  const child = fork(new URL('./origin/main.js', import.meta.url), [folder]);
  const [ports]: OriginPorts[] = await once(child, 'message');
  return ports!;
}
