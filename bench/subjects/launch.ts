import { type ChildProcess, spawn } from 'node:child_process';
import { commandOf, type Site, type SubjectName } from './command.ts';

const START_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 5_000;
const KEPT_OUTPUT = 4_000;

/** A subject's process that listens. */
export interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<Ending>;
  /** Ends it as Ctrl-C would, or the hard way after 5 s, or as many milliseconds as told. */
  stop(limit?: number): Promise<Ending>;
}

/** How a process ended. */
export interface Ending {
  /** Its exit code, or the signal that ended it. */
  readonly how: number | NodeJS.Signals;
  /** The last that it printed. */
  readonly output: string;
}

/** What a process prints, of which the last is kept. */
type Output = { text: string };

/** Starts a subject and waits until it has printed where it listens; `preload` is imported before it. */
export async function launch(name: SubjectName, site: Site, preload?: string): Promise<Launched> {
  const args = [...(preload ? ['--import', preload] : []), ...commandOf(name, site)];
  const start = name === 'inspector' ? launchOnTerminal : launchNode;
  const launched = await start(args, site.folder, preload !== undefined);
  launched.ended.then(({ how, output }) => {
    if (typeof how === 'number' && how !== 0)
      console.error(`${name} ended with ${how}; it printed: ${output}`);
  });
  return launched;
}

/** Starts Node with arguments that make it listen; `folder` holds its configuration. */
export function launchNode(args: readonly string[], folder: string, withIpc: boolean): Promise<Launched> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', withIpc ? 'ipc' : 'ignore'],
    env: { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' },
  });
  return launched(child);
}

/** The same on a terminal of 120 columns and 40 rows, which `script` (util-linux) makes; what is painted is read, and dropped. */
function launchOnTerminal(args: readonly string[], folder: string, withIpc: boolean): Promise<Launched> {
  const command = [process.execPath, ...args].map(quoted).join(' ');
  const child = spawn('script', ['-qfc', `stty rows 40 columns 120; exec ${command}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'pipe', withIpc ? 'ipc' : 'ignore'],
    env: { ...process.env, XDG_CONFIG_HOME: folder, TERM: 'xterm-256color' },
  });
  return launched(child);
}

/** As one word of a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function launched(child: ChildProcess): Promise<Launched> {
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const output: Output = { text: '' };
  const ended = ending(child, output).finally(() => process.off('exit', killOnExit));
  const port = await printedPort(child, output);
  return { child, port, ended, stop: (limit = STOP_LIMIT_MS) => stop(child, ended, limit) };
}

/** The port in what a subject prints once it listens, whatever stands around the address. */
export function portIn(output: string): number | undefined {
  const match = /127\.0\.0\.1:(\d+)\b(?:.*\n| )/.exec(output);
  return match ? Number(match[1]) : undefined;
}

function printedPort(child: ChildProcess, output: Output): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    const read = (text: Buffer) => {
      output.text = (output.text + text.toString()).slice(-KEPT_OUTPUT);
      const port = portIn(output.text);
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code ?? signal} before it listened; it printed: ${output.text}`));
    });
  });
}

/** Resolves once all that the process printed was read, too. */
function ending(child: ChildProcess, output: Output): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ how: code ?? signal!, output: output.text }));
  });
}

async function stop(child: ChildProcess, ended: Promise<Ending>, limit: number): Promise<Ending> {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  const ending = await ended;
  clearTimeout(timer);
  return ending;
}
