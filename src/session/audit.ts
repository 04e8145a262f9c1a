import type { ClosingFacts, ConnectionMode, Side } from '../tap.ts';
import type { Connection } from './connection.ts';
import { gross } from './ledger.ts';

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
  /** The first 1,000. */
  readonly imbalances: readonly Imbalance[];
}

const SIDES = ['client', 'server'] as const;

const MAX_IMBALANCES = 1_000;

/** Where there is one socket to a server for each connection. */
const SERVER_SOCKETS: ReadonlySet<ConnectionMode> = new Set(['forward', 'connect']);

/** Client sockets that are remembered as not to be compared, or as not adding up so far. */
const MAX_CLIENTS = 100_000;

/** What the connections of one client socket add up to, and what its own counter said. */
interface ClientSums {
  readonly expected: Record<Side, number>;
  readonly found: Record<Side, number>;
}

/**
 * Compares the ledger with the sockets' own counters, a connection at a time as they close: for each connection and direction
 * the classes add up to what was tapped, and with TLS to what passed on the server's socket; for each client socket the
 * connections on it, with what tare itself caused, add up to what passed there. In reverse mode the server's sockets are
 * shared, and only the client's side can be compared.
 */
export class Auditor {
  readonly #imbalances: Imbalance[] = [];
  #balanced = 0;
  #cutOff = 0;
  /** Client sockets whose connections do not add up; the sums may still be made up for by a connection yet to close. */
  readonly #unequal = new Map<number, ClientSums>();
  /** Client sockets with a connection that was cut off, or whose TLS was opened: our own records are on it. */
  readonly #exempt = new Set<number>();
  /** Those with a number up to this are no longer remembered, and not compared. */
  #forgotten = 0;

  /** Audits a connection that has closed. */
  check(connection: Connection): void {
    const { closing, reason, mode } = connection;
    if (!closing) return;
    const isInOrder = reason === 'ended';
    const hasServerSocket = SERVER_SOCKETS.has(mode);
    const wrong = [
      ...ledgerImbalances(connection, closing),
      ...(isInOrder && hasServerSocket ? upstreamImbalances(connection, closing) : []),
    ];
    for (const imbalance of wrong) this.#note(imbalance);
    if (!isInOrder) this.#cutOff++;
    else if (wrong.length === 0) this.#balanced++;
    if (mode !== 'capture' && mode !== 'har') this.#checkClient(connection, closing);
  }

  /** What was found so far. */
  result(): Audit {
    const clients = [...this.#unequal].flatMap(([client, sums]) => socketImbalances(client, sums));
    return {
      balanced: this.#balanced,
      cutOff: this.#cutOff,
      imbalances: [...this.#imbalances, ...clients].slice(0, MAX_IMBALANCES),
    };
  }

  #checkClient({ client, facts, reason }: Connection, closing: ClosingFacts): void {
    if (facts?.tls !== undefined || reason !== 'ended') this.#exemptClient(client);
    if (this.#exempt.has(client) || client <= this.#forgotten) return;
    const sums = this.#unequal.get(client) ?? { expected: emptySums(), found: emptySums() };
    for (const from of SIDES) {
      sums.expected[from] += closing.downstream[from];
      sums.found[from] += delivered(closing, from);
    }
    const isEqual = SIDES.every((from) => sums.expected[from] === sums.found[from]);
    if (isEqual) this.#unequal.delete(client);
    else this.#unequal.set(client, sums);
    if (this.#unequal.size > MAX_CLIENTS) this.#giveUpOldest();
  }

  /** Nothing can have made up for it for so long. */
  #giveUpOldest(): void {
    const [client, sums] = this.#unequal.entries().next().value!;
    for (const imbalance of socketImbalances(client, sums)) this.#note(imbalance);
    this.#unequal.delete(client);
  }

  #exemptClient(client: number): void {
    this.#unequal.delete(client);
    this.#exempt.add(client);
    if (this.#exempt.size <= MAX_CLIENTS) return;
    const oldest = this.#exempt.values().next().value!;
    this.#exempt.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
  }

  #note(imbalance: Imbalance): void {
    if (this.#imbalances.length < MAX_IMBALANCES) this.#imbalances.push(imbalance);
  }
}

function emptySums(): Record<Side, number> {
  return { client: 0, server: 0 };
}

/** The classes against the tap. */
function ledgerImbalances({ number, ledger }: Connection, { tapped, tls }: ClosingFacts): Imbalance[] {
  return SIDES.map((from) => ({
    where: `connection ${number}`,
    from,
    what: 'classes of the ledger',
    expected: tapped[from] + tls[from],
    found: gross(ledger[from]),
  })).filter(isUnequal);
}

/** The tap against the server's socket. */
function upstreamImbalances({ number }: Connection, { tapped, tls, upstream }: ClosingFacts): Imbalance[] {
  return SIDES.map((from) => ({
    where: `connection ${number}`,
    from,
    what: "bytes on the server's socket",
    expected: upstream[from],
    found: tapped[from] + tls[from],
  })).filter(isUnequal);
}

function socketImbalances(client: number, { expected, found }: ClientSums): Imbalance[] {
  return SIDES.map((from) => ({
    where: `client socket ${client}`,
    from,
    what: 'bytes on the socket',
    expected: expected[from],
    found: found[from],
  })).filter(isUnequal);
}

/** Of what was read from the server some may not have been written to the client; what the client sent counts once read. */
function delivered({ tapped, proxy, unrelayed }: ClosingFacts, from: Side): number {
  return tapped[from] + proxy[from] + (from === 'client' ? unrelayed.client : -unrelayed.server);
}

function isUnequal({ expected, found }: Imbalance): boolean {
  return expected !== found;
}
