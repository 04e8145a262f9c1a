import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/bin/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tare-cli-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, as a user has it: its configuration in a folder of the test. */
function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdout: 'pipe' | number = 'pipe',
): ChildProcess {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...inherited, XDG_CONFIG_HOME: folder, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
}

async function outcome(child: ChildProcess): Promise<Outcome> {
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const read = (stream: ChildProcess['stdout']) => (stream ? text(stream).catch(() => '') : '');
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  return { code: await exited, stdout, stderr };
}

function run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return outcome(start(args, env));
}

/** Ends it as ctrl-C would, once its output has shown all of `wanted`. */
async function endOnceShown(child: ChildProcess, wanted: readonly RegExp[]): Promise<Outcome> {
  const ended = outcome(child);
  await Promise.all(wanted.map((what) => said(child.stdout, what)));
  child.kill('SIGINT');
  return ended;
}

/** Resolves with the match once `stream` has said something that matches. */
function said(stream: ChildProcess['stdout'], what: RegExp): Promise<RegExpExecArray> {
  let so = '';
  return new Promise((resolve, reject) => {
    stream!.on('data', (part: Buffer) => {
      so += part.toString();
      const match = what.exec(so);
      if (match) resolve(match);
    });
    stream!.once('end', () => reject(new Error(`ended after ${so}`)));
  });
}

test.concurrent('--help says what there is', async () => {
  const { code, stdout, stderr } = await run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of [
    'tare demo',
    '--port',
    '--reverse',
    '--keep-host',
    '--only',
    '--hide',
    '--passthrough',
    '--resolve',
    '--upstream-ca',
    '--client-cert',
    '--view',
    '--audit',
    '--keylog',
    '--memory',
    '--for',
    '--until-idle',
    'Exit codes',
  ]) {
    expect(stdout).toContain(word);
  }
});

describe.concurrent('what is wrong gets one line that says what to do', () => {
  const notPem = join(folder, 'not.pem');
  const notFolder = join(folder, 'file');
  writeFileSync(notPem, 'no certificate');
  writeFileSync(notFolder, '');

  test.each([
    { args: ['--prot', '1'], complaint: 'Unknown option: --prot; did you mean --port?' },
    { args: ['demoo'], complaint: 'Unknown argument: demoo; did you mean demo?' },
    { args: ['--only', 'a', 'demoo'], complaint: 'Unknown argument: demoo; did you mean demo?' },
    { args: ['--unheard-of'], complaint: 'Unknown option: --unheard-of' },
    {
      args: ['--port', 'abc'],
      complaint: '--port abc: not a port; write a number from 0 (any free port) to 65535',
    },
    {
      args: ['--port', '65536'],
      complaint: '--port 65536: not a port; write a number from 0 (any free port) to 65535',
    },
    { args: ['--port'], complaint: 'Not enough arguments following: port' },
    { args: ['--for', '5x'], complaint: '--for 5x: not a time; write for example 30s, 5m or 500ms' },
    { args: ['--for', '0'], complaint: '--for 0: not a time; write for example 30s, 5m or 500ms' },
    {
      args: ['--until-idle', '5x'],
      complaint: '--until-idle 5x: not a time; write for example 30s, 5m or 500ms',
    },
    { args: ['--memory', '1M'], complaint: '--memory 1M: too little; write 16M or more, for example 64M' },
    {
      args: ['--keylog', '/nonexistent/log'],
      complaint: /^--keylog \/nonexistent\/log: cannot be written \(ENOENT/,
    },
    {
      args: ['--view', 'pretty'],
      complaint: /Argument: view, Given: "pretty", Choices: "auto", "inspector", "lines", "json", "none"$/,
    },
    {
      args: ['--upstream-ca', '/nonexistent'],
      complaint: /^--upstream-ca \/nonexistent: cannot be read \(ENOENT/,
    },
    { args: ['--upstream-ca', notPem], complaint: /^--upstream-ca .+not\.pem: not a certificate in PEM/ },
    {
      args: ['--host', '192.0.2.1'],
      complaint:
        'cannot listen on 192.0.2.1:8080: this machine has no such address; choose another with --host',
    },
    {
      args: ['--port', '0'],
      env: { XDG_CONFIG_HOME: notFolder },
      complaint: /could not be put into .+ make the folder writable, or name another one$/,
    },
  ])('$args', async ({ args, complaint, env }) => {
    const { code, stdout, stderr } = await run(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tare: .+\nTry: tare --help\n$/);
    expect(stderr.slice('tare: '.length, stderr.indexOf('\n'))).toEqual(
      typeof complaint === 'string' ? complaint : expect.stringMatching(complaint),
    );
  });

  test('a taken port', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await run(['--port', String(port)]);
    holder.close();
    expect(code).toBe(2);
    expect(stderr).toBe(
      `tare: cannot listen on 127.0.0.1:${port}: the port is taken; end what uses it, or choose another with --port (0 takes any free one)\nTry: tare --help\n`,
    );
  });
});

describe.concurrent('ends in order', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('on %s: the summary, exit code 0', async (signal) => {
    const child = start(['--port', '0']);
    const ended = outcome(child);
    await said(child.stderr, /tare is listening on 127\.0\.0\.1:\d+/);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\n +conns .+\nall +0 +0 .+\n$/);
    expect(stderr).toMatch(/curl -x http:\/\/127\.0\.0\.1:\d+ --cacert .+ca-cert\.pem/);
  });

  test('after --for', async () => {
    const { code, stdout } = await run(['--port', '0', '--for', '100ms', '--view', 'none']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +conns .+\nall +0 .+\n$/);
  });

  test('after --until-idle, once something has come', async () => {
    const child = start(['--port', '0', '--until-idle', '200ms', '--for', '30s', '--view', 'none']);
    const ended = outcome(child);
    const [, port] = await said(child.stderr, /listening on 127\.0\.0\.1:(\d+);/);
    const origin = createServer((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(origin, 'listening');
    const client = connect(Number(port), '127.0.0.1');
    const { port: asked } = origin.address() as AddressInfo;
    client.end(`GET http://127.0.0.1:${asked}/ HTTP/1.1\r\nHost: a\r\n\r\n`).resume();
    const { code, stdout } = await ended;
    origin.close();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nall +1 +1 /);
  });

  test('when nobody reads on, as in tare | head -1', async () => {
    const child = start(['demo', '--for', '30s']);
    const stderr = text(child.stderr!);
    await said(child.stdout, /\n/);
    child.stdout!.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, stderr: await stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('when nobody reads its complaints', async () => {
    const child = start(['--port', '0', '--for', '300ms']);
    child.stderr!.destroy();
    const { code, stdout } = await outcome(child);
    expect(code).toBe(0);
    expect(stdout).toContain('overhead');
  });

  test.skipIf(!existsSync('/dev/full'))('when the disk is full, which is said', async () => {
    const { code, stderr } = await outcome(start(['demo', '--for', '30s'], {}, openSync('/dev/full', 'w')));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tare: the output cannot be written: .*ENOSPC.*\nTry: tare --help\n$/);
  });
});

const TRANSPORTS: readonly { readonly name: string; readonly shown: RegExp }[] = [
  { name: 'short polling', shown: /▲ GET .+\/messages\?after=/ },
  { name: 'long polling', shown: /▲ GET .+\/messages\/wait/ },
  { name: 'SSE', shown: /▼ presence .+"online"/ },
  { name: 'compressed SSE', shown: /▼ 200 .+text\/event-stream gzip/ },
  { name: 'WebSocket', shown: /▼ text .+"online"/ },
  { name: 'a WebSocket inside TLS', shown: /▲ GET .+localhost:\d+\/socket/ },
];

/** All handshakes are done, everybody who stays connected is seen, and Bo has heard something: nothing is cut off halfway. */
const UNDER_WAY = [
  /(▼ 101[\s\S]*){3}/,
  /"online":\["\w+"(,"\w+"){4}\]/,
  /▲ GET .+\/messages\/wait\?after=[1-9]/,
];

describe('tare demo', () => {
  let lines: Outcome;
  let json: Outcome;
  const keyLog = join(folder, 'keys.log');
  beforeAll(async () => {
    const shown = [...TRANSPORTS.map(({ shown }) => shown), ...UNDER_WAY];
    [lines, json] = await Promise.all([
      endOnceShown(start(['demo', '--audit', '--keylog', keyLog]), shown),
      endOnceShown(start(['demo', '--view', 'json'], { FORCE_COLOR: '1' }), [/"type":"message"/]),
    ]);
  });

  test('ends well, and all bytes are accounted for', () => {
    expect(lines.code).toBe(0);
    expect(lines.stderr).toMatch(/^audit: every byte of \d+ connections is accounted for.*\n$/);
    expect(json).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(TRANSPORTS)('shows $name', ({ shown }) => {
    expect(lines.stdout).toMatch(shown);
  });

  test('shows a row for each protocol', () => {
    expect(lines.stdout).toMatch(/\nHTTP\/1 .+\nSSE .+\nWebSocket .+\nall /);
  });

  test('logs the TLS secrets of both legs', () => {
    const logged = readFileSync(keyLog, 'utf8');
    expect(logged).toMatch(
      /^# server localhost:\d+ at .+, client socket \d+\nSERVER_HANDSHAKE_TRAFFIC_SECRET /m,
    );
    expect(logged).toMatch(/^# client from .+, client socket \d+\nSERVER_HANDSHAKE_TRAFFIC_SECRET /m);
  });

  test('shows nothing wrong', () => {
    expect(lines.stdout).not.toMatch(/! |fault|\(cut off\)/);
  });

  test('without colour where the output is no terminal', () => {
    expect(lines.stdout).not.toContain('\x1b');
    expect(json.stdout).not.toContain('\x1b');
  });

  test('--view json prints nothing but JSON', () => {
    const told = json.stdout.trimEnd().split('\n');
    const types = new Set(told.map((line) => (JSON.parse(line) as { type: string }).type));
    expect(types).toContain('message');
    expect((JSON.parse(told.at(-1)!) as { type: string }).type).toBe('summary');
  });
});
