import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tare-consumer-'));
const TSC = resolve('node_modules/typescript/bin/tsc');

/** What a consumer may rely on, and what the types must not let through. */
const CONSUMER = `
import {
  type Connection,
  decodeConversation,
  decodeEventStream,
  decodeWebSocket,
  type Message,
  NoEventError,
  overheadRatio,
  type ProxyOptions,
  type SessionEvent,
  startProxy,
  type TareProxy,
  type WeighedSession,
} from 'tare';

const options: ProxyOptions = { port: 0, reverse: new URL('http://localhost'), only: ['*.example'], memory: 2 ** 24 };
export const started: Promise<TareProxy> = startProxy(options);

export async function read(proxy: TareProxy): Promise<number> {
  for await (const event of proxy.events()) {
    if (event.type === 'left-out') return event.count;
    const seen: SessionEvent = event;
    if (seen.type === 'connection-closed') console.log(seen.connection.sockets?.tapped.client);
  }
  for await (const { message } of proxy.events('message')) console.log(message.text()?.length);
  const { message } = await proxy.until('message', (event) => event.message.kind === 'text', { timeoutMs: 9 });
  const known: Message = message;
  // @ts-expect-error: an exchange is no part of a message's event
  await proxy.until('message', (event) => event.exchange);
  // @ts-expect-error: nobody can wait for what is left out
  await proxy.until('left-out');
  // @ts-expect-error: what was seen does not change
  known.weight.gross = 1;
  return overheadRatio(known.weight) ?? 0;
}

export function summary(session: WeighedSession): readonly Connection[] {
  const { protocols, exchanges } = session.snapshot();
  console.log(protocols.websocket?.weight.overhead, exchanges[0]?.response?.fields[0]?.name);
  return [...session.connections()];
}

export const decoded = summary(decodeConversation([{ from: 'client', bytes: new Uint8Array() }]));
export const texts = decodeWebSocket(new Uint8Array(), { from: 'server' }).messages.map((each) => each.text());
export const names = decodeEventStream(new Uint8Array(), { contentEncoding: 'br' }).messages.map(({ name }) => name);
export const isTimeout = (error: unknown) => error instanceof NoEventError && error.code === 'TIMEOUT';
`;

/** How people have TypeScript find packages. */
const SETTINGS = {
  NodeNext: { module: 'NodeNext', target: 'ES2022', lib: ['ES2022'], types: ['node'] },
  bundler: {
    module: 'ESNext',
    moduleResolution: 'bundler',
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    types: ['node'],
  },
};

/** The package as it is installed, its dependencies included, and what a consumer has besides. */
beforeAll(() => {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'tare'), { recursive: true });
  cpSync('package.json', join(modules, 'tare/package.json'));
  cpSync('dist', join(modules, 'tare/dist'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(modules, 'tare/node_modules'));
  for (const name of ['@types', 'ws']) symlinkSync(resolve('node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
  cpSync('docs/library-example.ts', join(folder, 'example.ts'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Compiles a file of the consumer's as strictly as can be, and gives what the compiler had to say. */
async function compiled(file: string, settings: object, out?: string): Promise<string> {
  const output = out === undefined ? { noEmit: true } : { outDir: out };
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
  const config = { compilerOptions: { ...settings, ...strict, ...output }, files: [file] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await run(process.execPath, [TSC, '-p', folder]).catch((error) => error);
  return stdout;
}

describe('its types hold for a consumer', () => {
  test.each(Object.entries(SETTINGS))('with module resolution %s', async (_name, settings) => {
    expect(await compiled('consumer.ts', settings)).toBe('');
  });
});

test('its documented example runs as it stands', async () => {
  expect(await compiled('example.ts', SETTINGS.NodeNext, 'out')).toBe('');
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'out/example.js')], { cwd: folder });
  const [, output = ''] =
    /It prints:\n\n```\n([\s\S]*?)```/.exec(readFileSync('docs/library.md', 'utf8')) ?? [];
  expect(stdout.replace(/\d+ %/g, '… %')).toBe(output.replace(/\d+ %/g, '… %'));
  expect(stderr).toBe('');
});

test('the environment it gives makes curl use it', async () => {
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { startProxy } = await import('../index.ts');
  await using proxy = await startProxy();
  const { port } = server.address() as AddressInfo;
  const env = { ...process.env, NO_PROXY: '*', no_proxy: '*', ...proxy.env };
  const { stdout } = await run('curl', ['--silent', `http://127.0.0.1:${port}/x`], { env });
  server.close();
  expect(stdout).toBe('ok');
  expect((await proxy.until('exchange-closed')).exchange.request?.target).toBe('/x');
});
