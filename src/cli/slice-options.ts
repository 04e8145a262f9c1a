import type { InferredOptionTypes, Options } from 'yargs';
import { connectionsOf } from '../analysis/filter/shown-connections.ts';
import type { SliceProtocol, SliceWish, TimeWindow } from '../capture/slice-choice.ts';
import { serverMatcher } from '../proxy/host-pattern.ts';
import { FILTER_OPTION, filterOption } from './filter-option.ts';
import { hostPatterns } from './host-patterns.ts';
import { moment } from './moment.ts';
import { numberRanges } from './number-ranges.ts';
import { UsageError } from './usage-error.ts';

const REPEATABLE = { type: 'string', array: true, requiresArg: true } as const;
const TEXT = { type: 'string', requiresArg: true } as const;
const GROUP = 'Keep connections (with several of these: those that all of them mean):';

/** The options of `tare slice`. */
export const SLICE_OPTIONS = {
  connection: { ...REPEATABLE, describe: 'With these numbers: 3,7-9', group: GROUP },
  host: {
    ...REPEATABLE,
    describe: 'With this HOST; * stands for any characters, :PORT behind it for that port alone',
    group: GROUP,
  },
  protocol: {
    ...REPEATABLE,
    describe: 'That speak ws, sse, poll, http (h1, h2), tcp or tls: one, or several with commas',
    group: GROUP,
  },
  filter: {
    ...FILTER_OPTION,
    describe: "With an exchange or message that fits: 'status:5xx'; docs/filters.md",
    group: GROUP,
  },
  from: {
    ...TEXT,
    describe: 'With a packet then or later: +12s since the recording began, 14:03:05, or an ISO 8601 time',
    group: GROUP,
  },
  to: { ...TEXT, describe: 'With a packet then or earlier; what is later is left out', group: GROUP },
} satisfies Record<string, Options>;

export type SliceOptions = InferredOptionTypes<typeof SLICE_OPTIONS>;

const PROTOCOLS: ReadonlyMap<string, readonly SliceProtocol[]> = new Map(
  Object.entries({
    ws: ['websocket'],
    websocket: ['websocket'],
    sse: ['sse'],
    poll: ['poll'],
    http: ['http1', 'http2'],
    h1: ['http1'],
    http1: ['http1'],
    h2: ['http2'],
    http2: ['http2'],
    tcp: ['tcp'],
    tls: ['tls'],
  }),
);

/** Reads what to keep. Throws a UsageError, also when nothing is said. */
export function sliceWish({ connection, host, protocol, filter, from, to }: SliceOptions): SliceWish {
  if (!connection && !host && !protocol && filter === undefined && from === undefined && to === undefined) {
    throw new UsageError('say what to keep: with --connection, --host, --protocol, --filter, --from or --to');
  }
  const fitting = filterOption(filter);
  return {
    isConnection: connection && numberRanges(connection, 'connection'),
    isServer: host && serverMatcher(hostPatterns(host, 'host')),
    protocols: protocol && new Set(protocol.flatMap(protocolsOf)),
    isMeant: fitting && ((session) => connectionsOf(session, fitting)),
    window: windowOf(from, to),
  };
}

function protocolsOf(text: string): SliceProtocol[] {
  return text.split(',').flatMap((word) => {
    const protocols = PROTOCOLS.get(word.trim().toLowerCase());
    if (protocols) return protocols;
    throw new UsageError(
      `--protocol ${text}: not a protocol; write ws, sse, poll, http, h1, h2, tcp or tls, with commas between`,
    );
  });
}

/** As far as the times of any capture go. */
const FIRST = -(2n ** 64n);
const LAST = 2n ** 64n;

function windowOf(from: string | undefined, to: string | undefined): SliceWish['window'] {
  if (from === undefined && to === undefined) return undefined;
  const first = from === undefined ? undefined : moment(from, 'from');
  const last = to === undefined ? undefined : moment(to, 'to');
  return (beganAt): TimeWindow => {
    const window = { from: first?.at(beganAt) ?? FIRST, to: last?.endsAt(beganAt) ?? LAST };
    if (window.from <= window.to) return window;
    throw new UsageError(`--from ${from} --to ${to}: that ends before it begins`);
  };
}
