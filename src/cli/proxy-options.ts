import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { FILTER_OPTION } from './filter-option.ts';
import { REDACT_OPTIONS } from './redact-option.ts';
import { THEME_OPTION, VIEW_OPTION } from './view-option.ts';

/** An option that may be given several times, a value each. */
const REPEATABLE = { type: 'string', array: true, requiresArg: true } as const;
const TEXT = { type: 'string', requiresArg: true } as const;
const SWITCH = { type: 'boolean', default: false } as const;

/** Where to listen, and for whom. */
const PROXY = {
  host: { ...TEXT, default: '127.0.0.1', describe: 'Address to listen on', group: 'Proxy:' },
  // Not a number: yargs would make NaN of what is none, and the complaint could not quote it.
  port: { ...TEXT, default: '8080', describe: 'Port to listen on; 0 takes any free one', group: 'Proxy:' },
  reverse: {
    ...TEXT,
    describe: 'Serve the http(s) URL too: what is asked of tare itself goes there',
    group: 'Proxy:',
  },
  'keep-host': {
    ...SWITCH,
    describe: 'With --reverse: leave the Host that clients send',
    group: 'Proxy:',
  },
} satisfies Record<string, Options>;

const SCOPE_GROUP = 'Scope (in a HOST * stands for any characters, and :PORT behind it for that port alone):';

/** What is looked at. */
const SCOPE = {
  only: {
    ...REPEATABLE,
    describe: 'Show these HOSTs alone; all else is relayed, its TLS unopened',
    group: SCOPE_GROUP,
  },
  hide: {
    ...REPEATABLE,
    describe: 'Relay these HOSTs, their TLS unopened, and do not show them',
    group: SCOPE_GROUP,
  },
  passthrough: {
    ...REPEATABLE,
    describe: 'Leave the TLS of these HOSTs unopened, and weigh it whole',
    group: SCOPE_GROUP,
  },
} satisfies Record<string, Options>;

/** How servers are found, and what tare and they think of each other. */
const SERVERS = {
  resolve: {
    ...REPEATABLE,
    describe: 'HOST:PORT:ADDRESS[,ADDRESS…]: look for a server there, as with curl',
    group: 'Servers:',
  },
  'upstream-ca': {
    ...REPEATABLE,
    describe: 'Trust the root certificates in this PEM file too',
    group: 'Servers:',
  },
  'client-cert': {
    ...REPEATABLE,
    describe: 'HOST=FILE[,KEYFILE]: certificate and key, PEM or .p12, to show to these servers',
    group: 'Servers:',
  },
  insecure: { ...SWITCH, describe: 'Accept any certificate of a server', group: 'Servers:' },
} satisfies Record<string, Options>;

const OUTPUT = {
  view: {
    ...VIEW_OPTION,
    group: 'Output:',
  },
  theme: { ...THEME_OPTION, group: 'Output:' },
  filter: { ...FILTER_OPTION, group: 'Output:' },
  audit: {
    ...SWITCH,
    describe: 'At the end compare all bytes with the sockets’ own counters (exit code 3 when they differ)',
    group: 'Output:',
  },
  record: {
    ...TEXT,
    describe: 'Record what passes to this pcapng file; - is stdout',
    group: 'Output:',
  },
  'record-limit': {
    ...TEXT,
    describe: 'With --record: begin a new file, with a number in its name, at this size: 100M',
    group: 'Output:',
  },
  redact: { ...REDACT_OPTIONS.redact, group: 'Output:' },
  'redact-also': { ...REDACT_OPTIONS['redact-also'], group: 'Output:' },
  keylog: {
    ...TEXT,
    describe: 'Add the TLS secrets of both sides to this file, for Wireshark',
    group: 'Output:',
  },
  memory: {
    ...TEXT,
    describe: 'How much of the traffic to keep in memory, before it goes to a temporary file: 64M, 1G',
    group: 'Output:',
  },
} satisfies Record<string, Options>;

const END = {
  for: { ...TEXT, describe: 'End after this time: 30s, 5m, 500ms; a bare number is seconds', group: 'End:' },
  'until-idle': {
    ...TEXT,
    describe: 'End once no byte has come for this time, after the first one',
    group: 'End:',
  },
} satisfies Record<string, Options>;

/** The options of every command that proxies. */
export const PROXY_OPTIONS = { ...PROXY, ...SCOPE, ...SERVERS, ...OUTPUT, ...END } satisfies Record<
  string,
  Options
>;

export type ProxyArguments = InferredOptionTypes<typeof PROXY_OPTIONS>;

/** Adds the options of a proxying command. `port` is 8080 unless told otherwise. */
export function withProxyOptions<Before>(yargs: Argv<Before>, port = '8080'): Argv<Before & ProxyArguments> {
  return yargs.options({ ...PROXY_OPTIONS, port: { ...PROXY_OPTIONS.port, default: port } }) as Argv<
    Before & ProxyArguments
  >;
}
