import type { SessionSums } from '../session/session-sums.ts';
import { byteCount } from './byte-count.ts';
import { harmless } from './harmless.ts';
import { piece, type StyledLine } from './styled-line.ts';

/** Hosts that are named. */
const MOST = 8;

/** A line for each host whose TLS was not opened, those with the most bytes. */
export function unopenedLines(session: SessionSums): StyledLine[] {
  const hosts = session.unopenedHosts();
  const lines = hosts
    .slice(0, MOST)
    .map(({ host, exchanges, gross, alpn }) => [
      piece('tls  ', 'tls'),
      piece(harmless(host)),
      piece(`  ×${exchanges}  ${byteCount(gross)}  ${harmless(alpn.join(','))}`.trimEnd(), 'dim'),
    ]);
  const more = hosts.length - lines.length;
  return more > 0 ? [...lines, [piece(`tls  and ${more} more`, 'dim')]] : lines;
}
