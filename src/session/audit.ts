import type { ClosingFacts, Side } from '../tap.ts';
import type { Connection } from './connection.ts';
import { gross } from './ledger.ts';
import type { Session } from './session.ts';

/** Two numbers of bytes that ought to be equal and are not. */
interface Imbalance {
  /** Connection, or for the client's side client socket. */
  readonly where: string;
  readonly from: Side;
  readonly what: string;
  /** Bytes. */
  readonly expected: number;
  readonly found: number;
}

/** What an audit found. */
export interface Audit {
  /** Connections whose books were compared with their sockets on both sides. */
  readonly balanced: number;
  /** Connections that were cut off, where only the ledger was compared with what was tapped. Open ones are in neither. */
  readonly cutOff: number;
  readonly imbalances: readonly Imbalance[];
}

/**
 * Compares the ledger with the sockets' own counters: for each connection and direction the classes add up to what was
 * tapped, and with TLS to what passed on the server's socket; for each client socket the connections on it, with what tare
 * itself caused, add up to what passed there.
 */
export function audit(session: Session): Audit {
  const closed = [...session.connections.values()].filter(({ closing }) => closing !== undefined);
  const inOrder = closed.filter(({ reason }) => reason === 'ended');
  const imbalances = [
    ...closed.flatMap(ledgerImbalances),
    ...inOrder.flatMap(upstreamImbalances),
    ...clientImbalances(closed),
  ];
  const wrong = new Set(imbalances.map(({ where }) => where));
  return {
    balanced: inOrder.filter((connection) => !wrong.has(named(connection))).length,
    cutOff: closed.length - inOrder.length,
    imbalances,
  };
}

const SIDES = ['client', 'server'] as const;

function named({ number }: Connection): string {
  return `connection ${number}`;
}

/** The classes against the tap. */
function ledgerImbalances(connection: Connection): Imbalance[] {
  const { tapped, tls } = connection.closing!;
  return SIDES.map((from) => ({
    where: named(connection),
    from,
    what: 'classes of the ledger',
    expected: tapped[from] + tls[from],
    found: gross(connection.ledger[from]),
  })).filter(isUnequal);
}

/** The tap against the server's socket. */
function upstreamImbalances(connection: Connection): Imbalance[] {
  const { tapped, tls, upstream } = connection.closing!;
  return SIDES.map((from) => ({
    where: named(connection),
    from,
    what: "bytes on the server's socket",
    expected: upstream[from],
    found: tapped[from] + tls[from],
  })).filter(isUnequal);
}

/** All connections of one client socket against that socket. Opened TLS makes up for itself: our records there are ours. */
function clientImbalances(closed: readonly Connection[]): Imbalance[] {
  const byClient = new Map<number, Connection[]>(); // Map.groupBy came with Node 21
  for (const connection of closed) {
    const others = byClient.get(connection.client);
    if (others) others.push(connection);
    else byClient.set(connection.client, [connection]);
  }
  return [...byClient].flatMap(([client, connections]) => socketImbalances(client, connections));
}

function socketImbalances(client: number, connections: readonly Connection[]): Imbalance[] {
  const isWhole = connections.every(({ facts, reason }) => facts?.tls === undefined && reason === 'ended');
  if (!isWhole) return [];
  return SIDES.map((from) => ({
    where: `client socket ${client}`,
    from,
    what: 'bytes on the socket',
    expected: sum(connections, ({ closing }) => closing!.downstream[from]),
    found: sum(connections, ({ closing }) => delivered(closing!, from)),
  })).filter(isUnequal);
}

/** Of what was read from the server some may not have been written to the client; what the client sent counts once read. */
function delivered({ tapped, proxy, unrelayed }: ClosingFacts, from: Side): number {
  return tapped[from] + proxy[from] + (from === 'client' ? unrelayed.client : -unrelayed.server);
}

function isUnequal({ expected, found }: Imbalance): boolean {
  return expected !== found;
}

function sum<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
