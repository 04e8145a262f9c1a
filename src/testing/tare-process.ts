import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The built program in a process of its own, with a configuration folder of its own. */
export interface TareProcess extends AsyncDisposable {
  readonly proxy: string;
  readonly pid: number;
  readonly certificateFile: string;
  /** Ends it as ctrl-C would, and tells what it printed and how it ended. */
  stop(): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }>;
}

const COMMAND = ['dist/bin/main.js', '--port', '0'];
const LISTENING = /listening on (\S+:\d+)/;

/** Starts the program on any free port; resolves once it listens. */
export function startTare(...args: readonly string[]): Promise<TareProcess> {
  return start(process.execPath, [...COMMAND, ...args]);
}

/** The same with no more than so many file descriptors. */
export function startLimitedTare(descriptors: number, ...args: readonly string[]): Promise<TareProcess> {
  const limited = ['-c', 'ulimit -n "$0"; exec "$@"', String(descriptors), process.execPath];
  return start('sh', [...limited, ...COMMAND, ...args]);
}

async function start(command: string, args: readonly string[]): Promise<TareProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tare-test-'));
  const child = spawn(command, args, {
    env: { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    output.stdout += bytes;
  });
  const proxy = await address(child, output);
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGINT');
    const [code] = (await closed) as [number | null];
    return { ...output, code };
  };
  return {
    proxy: `http://${proxy}`,
    pid: child.pid!,
    certificateFile: join(folder, 'tare', 'ca-cert.pem'),
    stop,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function address(child: ChildProcess, output: { stderr: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      output.stderr += bytes;
      const found = LISTENING.exec(output.stderr);
      if (found?.[1]) resolve(found[1].replace(/;$/, ''));
    });
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it listened: ${output.stderr}`)),
    );
  });
}
