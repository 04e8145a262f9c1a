import { Session } from '../session/session.ts';
import type { ConnectionFacts, Side, TapEvent } from '../tap.ts';
import { checkBytes } from './checked-bytes.ts';
import { SessionReader, type WeighedSession } from './weighed-session.ts';

/** Bytes that one side of a connection sent, wherever the network cut them. */
export interface Piece {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** What is known of a conversation besides its bytes. */
export interface ConversationOptions {
  /** What TLS agreed on (RFC 7301), where the bytes came out of it: 'http/1.1', 'h2'. */
  readonly alpn?: string | undefined;
}

const NOWHERE = { host: '', port: 0 };
const NOTHING = { client: 0, server: 0 };

/**
 * Decodes and weighs all that was said on one connection, whatever it speaks: the same session as that of a proxy which had
 * seen it. It is all in memory, and its times are 0, as bytes tell none. No bytes make it throw.
 */
export function decodeConversation(
  pieces: Iterable<Piece>,
  { alpn }: ConversationOptions = {},
): WeighedSession {
  const session = new Session({ memory: Number.POSITIVE_INFINITY });
  const take = (event: Unplaced<TapEvent>) => session.take({ ...event, connection: 1, at: 0 });
  const tapped = { client: 0, server: 0 };
  take({ type: 'opened', facts: facts(alpn) });
  for (const { from, bytes } of pieces) {
    checkPiece(from, bytes);
    tapped[from] += bytes.length;
    take({ type: 'bytes', from, bytes });
  }
  const sockets = { tapped, upstream: tapped, downstream: tapped };
  const closing = { ...sockets, tls: NOTHING, proxy: NOTHING, unrelayed: NOTHING };
  take({ type: 'closed', reason: 'ended', closing });
  return new SessionReader(session);
}

type Unplaced<Event> = Event extends unknown ? Omit<Event, 'connection' | 'at'> : never;

/** TLS that was opened elsewhere has no other facts here. */
function facts(alpn: string | undefined): ConnectionFacts {
  const tls = alpn === undefined ? undefined : { version: '', cipher: '', alpn, serverName: undefined };
  const ends = { clientAddress: NOWHERE, server: NOWHERE, serverAddress: undefined };
  return { mode: 'connect', client: 1, ...ends, tls, timings: {} };
}

/** Throws a TypeError: what is said wrongly is no matter of bytes. */
function checkPiece(from: unknown, bytes: unknown): void {
  if (from !== 'client' && from !== 'server') {
    throw new TypeError(`decodeConversation: from: neither 'client' nor 'server': ${String(from)}`);
  }
  checkBytes('decodeConversation', bytes);
}
