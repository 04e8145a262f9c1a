import { fieldValues } from './fields.ts';
import { MOST_MISSING } from './step.ts';
import { contentLength } from './told-body.ts';
import type { ToldEntry } from './told-entry.ts';
import { isOlder } from './written-head.ts';

/** What must be known of an entry to find a connection for it: the rest is read again when it is its turn. */
export interface PlannedExchange {
  /** Number of its entry, from 1. */
  readonly entry: number;
  /** Nanoseconds since the Unix epoch. */
  readonly askedAt: bigint;
  readonly endsAt: bigint;
  /** Of exchanges with the same one it is possible that they shared a connection. */
  readonly place: string;
  /** tare saw it on one HTTP/1 connection with the others of its place, whatever their times. */
  readonly isCertain: boolean;
  /** Whether another exchange may follow it on its connection. */
  readonly mayBeFollowed: boolean;
  readonly hasFailed: boolean;
}

/** `entry` is its number. */
export function plannedExchange(entry: number, told: ToldEntry): PlannedExchange {
  const { url, connection, askedAt, send, wait, receive, own } = told;
  const origin = `${url.isSecure ? 'https' : 'http'}://${url.authority}`;
  const place =
    own !== undefined
      ? `tare ${own.connection}`
      : connection === undefined
        ? `entry ${entry}`
        : `${origin} ${connection}`;
  return {
    entry,
    askedAt,
    endsAt: askedAt + BigInt(send + wait + receive),
    place,
    isCertain: own !== undefined,
    mayBeFollowed: mayBeFollowed(told),
    hasFailed: told.failure !== undefined,
  };
}

function mayBeFollowed({ request, response, frames, own }: ToldEntry): boolean {
  if (!response || frames || response.status === 101) return false;
  if (own) return own.cutOff.size === 0;
  const isOld = isOlder(response.protocol) && response.protocol.endsWith('.0');
  const options = [request, response].flatMap(({ fields }) => fieldValues(fields, 'connection'));
  const isClosing = options.some((option) => /\bclose\b/i.test(option));
  const size = contentLength(response.fields) ?? response.bodySize ?? 0;
  return !isOld && !isClosing && (response.body.text !== undefined || size <= MOST_MISSING);
}
