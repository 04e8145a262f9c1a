import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../../../session/session.ts';
import { client } from '../../../testing/conversations.ts';
import { FACTS, TapScript } from '../../../testing/tap-script.ts';
import { copyOf } from './copies.ts';

/** A request as a server got it. */
interface Got {
  readonly line: string;
  readonly fields: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const got: Got[] = [];
const server = createServer(async (request: IncomingMessage, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { method, url, headers } = request;
  got.push({ line: `${method} ${url}`, fields: headers, body: Buffer.concat(parts) });
  response.end('ok');
});
let host: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

interface Asked {
  readonly line: string;
  readonly fields?: readonly string[];
  readonly body?: Uint8Array | string;
}

/** The request, as it was copied. */
function copied(key: string, { line, fields = [], body = '' }: Asked): string {
  const session = new Session();
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 ? [`Content-Length: ${bytes.length}`] : [];
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, ...fields, ...length].join('\n');
  const facts = { server: { ...FACTS.server, host: '127.0.0.1' } };
  new TapScript(session.take)
    .open(facts)
    .say(client(`${head}\n\n`, bytes))
    .end('client');
  const text = copyOf(session, { subject: { type: 'exchange', number: 1 }, message: undefined }, key);
  session.close();
  if (text === undefined) throw new Error('it could not be copied');
  return text;
}

/** The line is typed, as a person pastes it: an argument has an end. */
async function curl(asked: Asked): Promise<Got> {
  got.length = 0;
  const shell = spawn('sh', { stdio: ['pipe', 'ignore', 'inherit'] });
  shell.stdin.end(`${copied('c', asked)} --noproxy '*' -s\n`);
  await once(shell, 'close');
  return got[0]!;
}

const JSON_FIELD = 'Content-Type: application/json';
const BINARY = Buffer.from([0, 1, 2, 255, 254, 0, 10]);

const REQUESTS: readonly (Asked & { readonly name: string })[] = [
  { name: 'a path with characters of the shell and of globs', line: "GET /a$HOME`id`'q'?x[0]={1,2}&y=*!" },
  { name: 'a path with dots', line: 'GET /a/../b/./c' },
  { name: 'JSON', line: 'POST /p', fields: [JSON_FIELD], body: `{"it's":"$x \\\\ 李雷\\n"}` },
  { name: 'a text with line ends', line: 'POST /p', body: 'one\r\ntwo\n\n' },
  { name: 'a text that looks like a file', line: 'POST /p', body: '@/etc/hostname' },
  { name: 'a body that is no text', line: 'PUT /p', body: BINARY },
  { name: 'a long text', line: 'POST /p', body: 'x'.repeat(200_000) },
  { name: 'another method without a body', line: 'DELETE /p' },
];

describe('a line of curl asks for the same', () => {
  test.each(REQUESTS)('$name', async (asked) => {
    const { line, fields, body } = await curl(asked);
    expect(line).toBe(asked.line);
    expect(body.equals(Buffer.from(asked.body ?? ''))).toBe(true);
    expect(fields['content-type']).toBe(asked.fields?.includes(JSON_FIELD) ? 'application/json' : undefined);
  });

  test('fields as they were, and none besides', async () => {
    const sent = [
      "X-Quote: it's $5 `now`",
      'X-Empty:',
      'User-Agent: me',
      'Cookie: a=1; b=2',
      'X-Two: 1',
      'X-Two: 2',
    ];
    const { fields } = await curl({ line: 'GET /', fields: sent });
    expect(fields).toEqual({
      host,
      'x-quote': "it's $5 `now`",
      'x-empty': '',
      'user-agent': 'me',
      cookie: 'a=1; b=2',
      'x-two': '1, 2',
    });
  });

  test('fields in UTF-8', async () => {
    const { fields } = await curl({
      line: 'GET /',
      fields: [Buffer.from('X-Name: 李雷').toString('latin1')],
    });
    expect(Buffer.from(String(fields['x-name']), 'latin1').toString()).toBe('李雷');
  });

  test('a body that was compressed goes as it was meant', async () => {
    const fields = ['Content-Encoding: gzip', JSON_FIELD];
    const { body, fields: came } = await curl({ line: 'POST /', fields, body: gzipSync('{"a":1}') });
    expect([String(body), came['content-encoding']]).toEqual(['{"a":1}', undefined]);
  });

  test('nothing in it steers a terminal that it is pasted into', () => {
    const line = copied('c', { line: 'GET /', fields: ['X-Paste: a\u001b[201~;reboot'] });
    expect(line).not.toContain('\u001b');
  });

  test('the method HEAD is an option of its own', () => {
    expect(copied('c', { line: 'HEAD /' })).toMatch(/^curl -I http:/);
  });
});

describe('fetch asks for the same', () => {
  test.each(REQUESTS.filter(({ line }) => !line.includes('..')))('$name', async (asked) => {
    got.length = 0;
    const source = copied('f', asked);
    await new Function(`return (async () => { ${source} })()`)();
    const { line, body } = got[0]!;
    const [method, target] = asked.line.split(' ');
    expect(line).toBe(`${method} ${new URL(target!, `http://${host}`).href.slice(`http://${host}`.length)}`);
    expect(body.equals(Buffer.from(asked.body ?? ''))).toBe(true);
  });
});
