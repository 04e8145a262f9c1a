import { EXCHANGE_KEYS } from './exchange-keys.ts';
import { MESSAGE_KEYS } from './message-keys.ts';
import type { FilterKey } from './test.ts';

/** All keys; those of exchanges first. */
export const KEYS: ReadonlyMap<string, FilterKey> = new Map(
  [...EXCHANGE_KEYS, ...MESSAGE_KEYS].map((key) => [key.name, key]),
);
