import { harmless } from '../harmless.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import type { Controls, ProxyFacts } from './controls.ts';

/** What stands there before there is anything to show: how to send something through. */
export function emptyState({ title, proxy }: Controls): readonly StyledLine[] {
  return proxy ? forProxy(title, proxy) : forFile(title);
}

function forProxy(title: string, { address, certificateFile, reverse }: ProxyFacts): readonly StyledLine[] {
  const ways: readonly (readonly [string, string])[] = [
    ...(reverse === undefined ? [] : [[reverse, `http://${address}/`] as const]),
    ['curl', `curl -x http://${address} --cacert ${certificateFile} https://example.com`],
    ['Node 24', `NODE_USE_ENV_PROXY=1 HTTPS_PROXY=http://${address} \\`],
    ['', `  NODE_EXTRA_CA_CERTS=${certificateFile} node app.js`],
    ['a browser', `set ${address} as its HTTP and HTTPS proxy,`],
    ['', `and let it trust ${certificateFile}`],
    ['try it', 'tare demo'],
  ];
  const width = Math.max(...ways.map(([name]) => name.length));
  return [
    [],
    [piece(` tare is listening on ${harmless(title)} and has seen nothing yet.`, 'strong')],
    [],
    ...ways.map(([name, words]) => [
      piece(`   ${harmless(name).padEnd(width)}   `, 'dim'),
      piece(harmless(words)),
    ]),
  ];
}

function forFile(title: string): readonly StyledLine[] {
  return [
    [],
    [piece(` ${harmless(title)} holds no connections.`, 'strong')],
    [],
    [
      piece(
        '   tare reads recordings of its own, pcap and pcapng of tcpdump and Wireshark, and HARs of browsers.',
        'dim',
      ),
    ],
    [piece('   Of a capture it shows TCP connections; what else is in it is left out.', 'dim')],
  ];
}
