import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandOf, type Site, type SubjectName } from './command.ts';

const START_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 5_000;
const KEPT_OUTPUT = 4_000;

/** A subject's process that listens. */
export interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
  /** Ends it as Ctrl-C would, or the hard way after 5 s. */
  stop(): Promise<void>;
}

/** Starts a subject and waits until it has printed where it listens; `preload` is imported before it. */
export async function launch(name: SubjectName, site: Site, preload?: string): Promise<Launched> {
  const child = spawn(
    process.execPath,
    [...(preload ? ['--import', preload] : []), ...commandOf(name, site)],
    {
      stdio: ['ignore', 'pipe', 'pipe', preload ? 'ipc' : 'ignore'],
      env: { ...process.env, XDG_CONFIG_HOME: site.folder, NO_COLOR: '1' },
    },
  );
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));
  return { child, port: await printedPort(name, child), stop: () => stop(child) };
}

/** The port in what a subject prints once it listens, whatever stands around the address. */
export function portIn(output: string): number | undefined {
  const match = /127\.0\.0\.1:(\d+)\b.*\n/.exec(output);
  return match ? Number(match[1]) : undefined;
}

function printedPort(name: SubjectName, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    let output = '';
    let isListening = false;
    const read = (text: Buffer) => {
      output = (output + text.toString()).slice(-KEPT_OUTPUT);
      const port = portIn(output);
      if (isListening || port === undefined) return;
      isListening = true;
      clearTimeout(timer);
      resolve(port);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (!isListening)
        reject(new Error(`ended with ${code ?? signal} before it listened; it printed: ${output}`));
      else if (code) console.error(`${name} ended with ${code}; it printed: ${output}`);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}
