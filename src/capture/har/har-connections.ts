import type { PlannedExchange } from './planned-exchange.ts';
import { TimeHeap } from './time-heap.ts';

/** A connection to be written, and the exchanges on it in the order of their requests. */
export interface HarConnection {
  readonly exchanges: PlannedExchange[];
}

/** By how much clocks of milliseconds may make exchanges overlap that followed each other. */
const TOLERANCE = 3_000_000;

/** The connections of one place by when they are free: exchanges that overlap, as on HTTP/2 they may, need one each. */
type Place = TimeHeap<HarConnection>;

/** Finds a connection for each exchange. `exchanges` are in the order of their requests, as the connections then are. */
export function harConnections(exchanges: Iterable<PlannedExchange>, epoch: bigint): HarConnection[] {
  const connections: HarConnection[] = [];
  const places = new Map<string, Place>();
  for (const exchange of exchanges) {
    const place = places.get(exchange.place) ?? new TimeHeap<HarConnection>();
    places.set(exchange.place, place);
    const connection = freeConnection(place, exchange, epoch) ?? newConnection(connections);
    connection.exchanges.push(exchange);
    if (exchange.mayBeFollowed && !exchange.hasFailed) {
      place.add(Number(exchange.endsAt - epoch), 0, connection);
    }
  }
  return connections;
}

function freeConnection(
  place: Place,
  { askedAt, isCertain, hasFailed }: PlannedExchange,
  epoch: bigint,
): HarConnection | undefined {
  if (place.next === undefined || hasFailed) return undefined;
  const isFree = isCertain || place.next - TOLERANCE <= Number(askedAt - epoch);
  return isFree ? place.take() : undefined;
}

function newConnection(connections: HarConnection[]): HarConnection {
  const connection = { exchanges: [] };
  connections.push(connection);
  return connection;
}
