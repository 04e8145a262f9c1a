/** Where a CONNECT head wants to go, or undefined for any other bytes. */
export function connectTarget(head: Buffer): { host: string; port: number } | undefined {
  const text = head.toString('latin1');
  const match = /^CONNECT ([^ :]+):(\d+) HTTP\/1\.1\r\n/.exec(text);
  return match && text.endsWith('\r\n\r\n') ? { host: match[1]!, port: Number(match[2]) } : undefined;
}

/** What a client waits for before it uses its tunnel. */
export const CONNECT_ANSWER = 'HTTP/1.1 200 Connection Established\r\n\r\n';
