import type { Audit } from '../session/audit.ts';

/** What an audit found, in words. */
export function auditReport({ balanced, cutOff, imbalances }: Audit): string {
  const cut =
    cutOff > 0 ? `; ${cutOff} more were cut off, and their ledgers compared with what was relayed` : '';
  const verdict =
    imbalances.length === 0
      ? `audit: every byte of ${balanced} connection${balanced === 1 ? '' : 's'} is accounted for${cut}\n`
      : `audit: ${imbalances.length} sums do not balance\n`;
  const lines = imbalances.map(
    ({ where, from, what, expected, found }) =>
      `  ${where}, from the ${from}: ${what}: expected ${expected} B, found ${found} B\n`,
  );
  return verdict + lines.join('');
}
