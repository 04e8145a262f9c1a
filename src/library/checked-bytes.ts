/** Throws a TypeError where `bytes` are none. */
export function checkBytes(caller: string, bytes: unknown): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${caller}: not a Uint8Array but ${typeof bytes}`);
}
