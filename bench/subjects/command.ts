import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OriginPorts } from '../origin/origin.ts';

/**
 * What is measured: tare, tare that records, tare with its inspector on a terminal, the two relays that decode nothing, and a
 * bare Node server to compare tare's start with.
 */
export type SubjectName = 'node' | 'plain' | 'tls' | 'tare' | 'recording' | 'inspector';

/** What the subjects of one run have in common. */
export interface Site {
  readonly origin: OriginPorts;
  /** Holds the identity that relay and origin show, and tare's configuration. */
  readonly folder: string;
  /** Tiny counts: does everything run? */
  readonly isSmoke: boolean;
}

const BARE_SERVER =
  "const server = require('net').createServer().listen(0, '127.0.0.1', () => console.log('127.0.0.1:' + server.address().port))";

/** The arguments Node needs to start a subject. */
export function commandOf(name: SubjectName, site: Site): readonly string[] {
  switch (name) {
    case 'node':
      return ['--eval', BARE_SERVER];
    case 'plain':
      return [fileBeside('./plain-relay.js'), String(site.origin.plain)];
    case 'tls':
      return [fileBeside('./tls-relay.js'), site.folder];
    case 'tare':
      return [fileBeside('../../../dist/bin/main.js'), '--port', '0', '--view', 'none', '--insecure'];
    case 'recording':
      return [...commandOf('tare', site), '--record', recordingOf(site)];
    case 'inspector':
      return [fileBeside('../../../dist/bin/main.js'), '--port', '0', '--view', 'inspector', '--insecure'];
  }
}

/** Where the subject that records writes; each start begins anew. */
export function recordingOf({ folder }: Site): string {
  return join(folder, 'recording.pcapng');
}

function fileBeside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
