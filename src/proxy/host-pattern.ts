import type { Endpoint } from '../tap.ts';

/** Servers that a user means by one word. */
export interface HostPattern {
  readonly host: RegExp;
  /** Undefined where every port is meant. */
  readonly port: number | undefined;
}

/**
 * Reads a host in which `*` stands for any characters, and `:port` behind it where one port alone is meant. IPv6 addresses
 * stand in brackets, or bare where no port follows. Undefined when `text` is none, as a URL or a path is not.
 */
export function readHostPattern(text: string): HostPattern | undefined {
  const match = PATTERN.exec(text);
  const host = match?.[1] ?? match?.[2] ?? match?.[4];
  if (!match || host === undefined) return undefined;
  const digits = match[3];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host: new RegExp(`^${host.split('*').map(literal).join('.*')}$`, 'i'), port };
}

/** In brackets, or a name without a colon, each with a port or without; or an IPv6 address as it is. */
const PATTERN =
  /^(?:(?:\[([0-9A-Fa-f:.*]+)\]|([^\s/?#[\]@:,]+))(?::(\d{1,5}))?|([0-9A-Fa-f*.]*:[0-9A-Fa-f*.:]*:[0-9A-Fa-f*.:]*))$/;

function literal(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** Tells whether a server, by its host or by the name that TLS asks it for, is one of some that were meant. */
export type ServerMatcher = (server: Endpoint, serverName?: string) => boolean;

/** Tells whether a server is meant by any of `patterns`; what is no pattern means none. */
export function serverMatcher(patterns: readonly string[]): ServerMatcher {
  const read = patterns.map(readHostPattern).filter((pattern) => pattern !== undefined);
  return (server, serverName) =>
    read.some(
      ({ host, port }) =>
        (port === undefined || port === server.port) &&
        (host.test(server.host) || (serverName !== undefined && host.test(serverName))),
    );
}
