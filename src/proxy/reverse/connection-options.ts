import { listElements, type RawFields, rawElements } from './raw-fields.ts';

/** Options that say something of a connection themselves, as others only name a field. */
const OPTIONS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade']);

/**
 * Fields that are not left out whatever `Connection` says: without them a message is for somebody else or ends elsewhere,
 * and who may say so could hide a request in another one's body.
 */
const INDISPENSABLE: readonly string[] = ['host', 'content-length', 'transfer-encoding', 'connection'];

/**
 * The names, in lower case, of the fields that `Connection` keeps to one hop (RFC 9110 section 7.6.1). `Keep-Alive` is not
 * among them, and `Upgrade` only where nothing `switches` protocols.
 */
export function fieldsOfThisHop(fields: RawFields, switches: boolean): ReadonlySet<string> {
  const named = new Set(rawElements(fields, 'connection'));
  named.delete('keep-alive');
  if (switches) named.delete('upgrade');
  for (const name of INDISPENSABLE) named.delete(name);
  return named;
}

/** A value of `Connection` without the names of fields that go no further; undefined where nothing is left. */
export function withoutFieldNames(value: string): string | undefined {
  const options = listElements(value);
  const own = options.filter((option) => OPTIONS.has(option.toLowerCase()));
  if (own.length === options.length) return value;
  return own.length === 0 ? undefined : own.join(', ');
}
