import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect, test } from 'vitest';

/** The pure readers that the proxy routes by; of the decoders it may know no others. */
const routing = [
  'decoders/byte-queue',
  'decoders/client-hello',
  'decoders/decoder',
  'decoders/sniff',
  ...['blank-line-search', 'body-framing', 'chunked', 'fields', 'head', 'limits'].map(
    (name) => `decoders/http1/${name}`,
  ),
];

/** What each part may import besides itself: our parts, and packages. `docs/guide.md` draws this table. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  tap: [],
  decoders: ['tap', 'node:zlib', 'node:buffer', 'node:crypto', 'minizlib', 'pako', 'fzstd'],
  session: ['tap', 'decoders', 'node:fs', 'node:os', 'node:path', 'node:buffer'],
  proxy: ['tap', ...routing, 'node:', '@peculiar/x509', 'reflect-metadata', 'http-proxy'],
  capture: ['tap', 'decoders', 'session', 'node:'],
  lab: ['tap', 'session', 'proxy', 'node:', 'ws'],
  analysis: ['session'],
  views: [
    'session',
    'analysis',
    'chalk',
    'string-width',
    'blessed',
    'node:buffer',
    'node:stream',
    'node:string_decoder',
  ],
  library: ['tap', 'decoders', 'session', 'capture', 'analysis', 'replay', 'proxy', 'node:'],
  index: ['library', 'tap', 'decoders', 'session', 'proxy'],
};

const IMPORT = /(?:\bfrom|^import|\bimport\()\s*'([^'\n]+)'/gm;

test.each(Object.keys(allowed))('%s imports only what the architecture allows', (part) => {
  const wrong = sourcesOf(part)
    .flatMap((file) => importsOf(file).map((to) => ({ file, to })))
    .filter(({ to }) => partOf(to) !== part && !allowed[part]!.some((name) => covers(name, to)));
  expect(wrong).toEqual([]);
});

function sourcesOf(part: string): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return files.filter((file) => partOf(file) === part && file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

function importsOf(file: string): string[] {
  const source = readFileSync(join('src', file), 'utf8');
  return Array.from(source.matchAll(IMPORT), ([, target]) =>
    target!.startsWith('.') ? join(dirname(file), target!) : target!,
  );
}

/** The first folder of a path, or the name of a file at the top. */
function partOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

/** `decoders` covers `decoders/sse.ts`, `decoders/sniff` only `decoders/sniff.ts`, `node:` every part of Node. */
function covers(name: string, target: string): boolean {
  return (
    target === name ||
    target === `${name}.ts` ||
    target.startsWith(`${name}/`) ||
    (name === 'node:' && target.startsWith(name))
  );
}
