import type { Argv, InferredOptionTypes, Options } from 'yargs';

/** The options of every command that proxies. */
export const PROXY_OPTIONS = {
  host: {
    type: 'string',
    requiresArg: true,
    default: '127.0.0.1',
    describe: 'Address to listen on',
    group: 'Proxy:',
  },
  // Not a number: yargs would make NaN of what is none, and the complaint could not quote it.
  port: {
    type: 'string',
    requiresArg: true,
    default: '8080',
    describe: 'Port to listen on; 0 takes any free one',
    group: 'Proxy:',
  },
  passthrough: {
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    describe: 'Leave the TLS of these hosts unopened (* for any characters)',
    group: 'TLS:',
  },
  insecure: {
    type: 'boolean',
    default: false,
    describe: 'Accept any certificate of a server',
    group: 'TLS:',
  },
  'upstream-ca': {
    type: 'string',
    array: true,
    requiresArg: true,
    default: [] as string[],
    describe: 'Trust the root certificates in this PEM file too',
    group: 'TLS:',
  },
  view: {
    choices: ['auto', 'lines', 'json', 'none'] as const,
    default: 'auto' as const,
    describe: 'What to print: a line a message, NDJSON, or the summary alone',
    group: 'View:',
  },
  audit: {
    type: 'boolean',
    default: false,
    describe: 'At the end compare all bytes with the sockets’ own counters (exit code 3 when they differ)',
    group: 'View:',
  },
  for: {
    type: 'string',
    requiresArg: true,
    describe: 'End after this time: 30s, 5m, 500ms; a bare number is seconds',
    group: 'View:',
  },
} satisfies Record<string, Options>;

export type ProxyArguments = InferredOptionTypes<typeof PROXY_OPTIONS>;

/** Adds the options of a proxying command. `port` is 8080 unless told otherwise. */
export function withProxyOptions<Before>(yargs: Argv<Before>, port = '8080'): Argv<Before & ProxyArguments> {
  return yargs.options({ ...PROXY_OPTIONS, port: { ...PROXY_OPTIONS.port, default: port } }) as Argv<
    Before & ProxyArguments
  >;
}
