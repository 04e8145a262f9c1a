import { addressText } from './ip-address.ts';
import type { LentNumbers } from './lent-numbers.ts';
import { NAME_ENTRY } from './pcapng-numbers.ts';
import { padded } from './pcapng-options.ts';
import type { NamesRecord } from './record.ts';

const HEADER_LENGTH = 4;

/** The entries of a Name Resolution Block (section 4.5) between `start` and `end`, and whether all of them are whole. */
export function readNames(
  lent: LentNumbers,
  start: number,
  end: number,
): { readonly entries: NamesRecord['entries']; readonly whole: boolean } {
  const entries: { address: string; names: string[] }[] = [];
  while (start + HEADER_LENGTH <= end) {
    const type = lent.short(start);
    const length = lent.short(start + 2);
    start += HEADER_LENGTH;
    if (type === NAME_ENTRY.end) break;
    const addressLength = addressLengthOf(type);
    if (start + length > end || length < addressLength) return { entries, whole: false };
    if (addressLength > 0) {
      const address = addressText(lent.view(start, addressLength));
      const names = lent.text(start + addressLength, length - addressLength).split('\0');
      entries.push({ address, names: names.filter((name) => name !== '') });
    }
    start += padded(length);
  }
  return { entries, whole: true };
}

/** 0 for addresses that are not of IP. */
function addressLengthOf(type: number): number {
  if (type === NAME_ENTRY.ipv4) return 4;
  return type === NAME_ENTRY.ipv6 ? 16 : 0;
}
