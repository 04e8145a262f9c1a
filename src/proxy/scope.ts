import { type ServerMatcher, serverMatcher } from './host-pattern.ts';

/** Which servers a user wants to see, as host patterns. What is left out is relayed all the same. */
export interface Scope {
  /** These alone; all of them where there is none. */
  readonly only: readonly string[];
  /** Not these, whatever `only` says. */
  readonly hide: readonly string[];
}

/** Tells whether a server is out of `scope`. One matched by either of its names, host or TLS name, is matched. */
export function outOf({ only, hide }: Scope): ServerMatcher {
  const isWanted = serverMatcher(only);
  const isUnwanted = serverMatcher(hide);
  return (server, serverName) =>
    isUnwanted(server, serverName) || (only.length > 0 && !isWanted(server, serverName));
}
