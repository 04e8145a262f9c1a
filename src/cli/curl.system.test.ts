import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { LeafCertificates } from '../proxy/leaf-certificates.ts';
import { startTare, type TareProcess } from '../testing/tare-process.ts';

const run = promisify(execFile);
const LARGE = Buffer.alloc(5_000_000, 'every byte of it ');

const folder = mkdtempSync(join(tmpdir(), 'tare-curl-'));
const servers: Server[] = [];
let plain: string;
let secure: string;
let tare: TareProcess;

/** Answers with what came: /large with 5 MB, anything else with the method, the length and the hash of the body. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let length = 0;
  request.on('data', (bytes: Buffer) => {
    hash.update(bytes);
    length += bytes.length;
  });
  request.on('end', () => {
    if (request.url === '/large') response.end(LARGE);
    else response.end(`${request.method} ${length} ${hash.digest('hex')}`);
  });
}

async function port(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const authority = await openCertificateAuthority(folder);
  const leaves = new LeafCertificates(authority);
  const context = await leaves.secureContext('localhost');
  const root = join(folder, 'root.pem');
  writeFileSync(root, authority.certificatePem);
  plain = `http://127.0.0.1:${await port(createServer(answer))}`;
  const h2 = createSecureServer({ allowHTTP1: true, SNICallback: (_, use) => use(null, context) });
  h2.on('request', (request, response) =>
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  secure = `https://localhost:${await port(h2)}`;
  tare = await startTare('--view', 'json', '--audit', '--upstream-ca', root);
});

afterAll(async () => {
  await tare[Symbol.asyncDispose]();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function curl(...args: readonly string[]): Promise<Buffer> {
  const own = ['--silent', '--show-error', '--fail-with-body', '--noproxy', '', '--max-time', '20'];
  const { stdout } = await run(
    'curl',
    [...own, '-x', tare.proxy, '--cacert', tare.certificateFile, ...args],
    {
      encoding: 'buffer',
      maxBuffer: 2 * LARGE.length,
    },
  );
  return stdout;
}

function echo(method: string, body: Buffer): string {
  return `${method} ${body.length} ${createHash('sha256').update(body).digest('hex')}`;
}

test.each([
  { name: 'plain HTTP in absolute-form', url: () => plain, options: [] },
  { name: 'plain HTTP in a tunnel', url: () => plain, options: ['--proxytunnel'] },
  { name: 'HTTP/1.1 inside TLS', url: () => secure, options: ['--http1.1'] },
  { name: 'HTTP/1.1 inside TLS 1.2', url: () => secure, options: ['--http1.1', '--tls-max', '1.2'] },
  { name: 'HTTP/2 inside TLS', url: () => secure, options: ['--http2'] },
  { name: 'HTTP/1.0', url: () => plain, options: ['--http1.0'] },
])('$name: bodies arrive as they were sent, both ways', async ({ url, options }) => {
  const body = Buffer.alloc(300_000, 'weighed ');
  const file = join(folder, 'body');
  writeFileSync(file, body);
  expect((await curl(...options, `${url()}/large`)).equals(LARGE)).toBe(true);
  expect(String(await curl(...options, '--data-binary', `@${file}`, `${url()}/echo`))).toBe(
    echo('POST', body),
  );
});

test('chunked uploads, with and without waiting for 100-continue', async () => {
  const body = Buffer.alloc(100_000, 'in chunks ');
  const file = join(folder, 'chunked');
  writeFileSync(file, body);
  const upload = ['-X', 'PUT', '-H', 'Transfer-Encoding: chunked', '--data-binary', `@${file}`];
  expect(String(await curl(...upload, '-H', 'Expect:', plain))).toBe(echo('PUT', body));
  expect(String(await curl(...upload, '-H', 'Expect: 100-continue', plain))).toBe(echo('PUT', body));
});

test('several requests over one connection, and two origins over one', async () => {
  const other = `http://127.0.0.1:${await port(createServer(answer))}`;
  const empty = createHash('sha256').digest('hex');
  const told = String(await curl(`${plain}/1`, `${plain}/2`, `${other}/3`, `${plain}/4`));
  expect(told).toBe(`GET 0 ${empty}`.repeat(4));
});

test('a server that is not there: curl is told in words', async () => {
  await expect(curl('http://127.0.0.1:1/')).rejects.toMatchObject({
    stdout: expect.objectContaining({ length: expect.any(Number) }),
  });
  const told = await curl('http://127.0.0.1:1/').catch((error: { stdout: Buffer }) => String(error.stdout));
  expect(told).toContain('127.0.0.1:1 refused the connection');
});

test('a curl that does not trust our certificate: the user is told what to do', async () => {
  const args = ['--silent', '--noproxy', '', '-x', tare.proxy, secure];
  await expect(run('curl', args)).rejects.toMatchObject({ code: 60 });
});

test('what was printed is NDJSON, nothing broke a rule, and the audit balances', async () => {
  const { stdout, stderr, code } = await tare.stop();
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; code?: string });
  expect(lines.filter(({ type }) => type === 'fault')).toEqual([]);
  expect(lines.filter(({ type }) => type === 'connection-failed').map(({ code }) => code)).toEqual([
    'UPSTREAM_REFUSED',
    'UPSTREAM_REFUSED',
    'CLIENT_CERTIFICATE_REFUSED',
  ]);
  expect(stderr).toContain('audit: every byte of');
  expect(code).toBe(0);
});
