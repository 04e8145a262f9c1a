import { isIP } from 'node:net';
import type { BlockMemory } from './block-memory.ts';
import { addressText } from './ip-address.ts';
import { nameResolution } from './pcapng-blocks.ts';

/** Writes which names an address goes by, each once a file: a Name Resolution Block. */
export class NameLog {
  readonly #memory: BlockMemory;
  readonly #told = new Set<string>();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** Another file begins, which knows nothing of what was told. */
  forget(): void {
    this.#told.clear();
  }

  /** That `hosts` are at `address`; those that are addresses themselves are not names. */
  tell(address: Uint8Array, ...hosts: readonly (string | undefined)[]): void {
    const text = addressText(address);
    const names = hosts.filter(isName).filter((host) => this.#isNew(`${host} ${text}`));
    if (names.length > 0) this.#memory.add(nameResolution([{ address: text, names }]));
  }

  #isNew(fact: string): boolean {
    if (this.#told.has(fact)) return false;
    if (this.#told.size === MOST_REMEMBERED) this.#told.clear(); // to tell a name again does no harm
    this.#told.add(fact);
    return true;
  }
}

const MOST_REMEMBERED = 10_000;

/** What readers can show: hosts come from clients, which may ask for anything. */
function isName(host: string | undefined): host is string {
  return host !== undefined && isIP(host) === 0 && /^[!-~]{1,253}$/.test(host);
}
