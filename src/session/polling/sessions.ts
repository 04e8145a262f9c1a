import type { DialectRequest } from './dialect.ts';
import { textsKey } from './hash.ts';
import { RecentlyUsed } from './recent.ts';
import type { PollSeries } from './series.ts';

/** Conversations that are remembered, the most recent, and as many handshakes: 0.1 kB each beside the series. */
const RECENT = { count: 10_000, weight: Number.POSITIVE_INFINITY, weightOf: () => 0 };

/** A series whose handshake went out, and whose session nobody has named yet. */
interface Handshake {
  readonly series: PollSeries;
  /** It was answered, but not readably: the next session that is not known is this one. */
  isAnswered: boolean;
}

/** Which conversation of a dialect is which series: each has one, its handshake and what it sends included. */
export class PollSessions {
  readonly #bySession = new RecentlyUsed<PollSeries>(RECENT);
  readonly #handshakes = new RecentlyUsed<Handshake>(RECENT);

  /**
   * The series that `request` of a client belongs to, where there is one already. A handshake that is tried again after it
   * failed belongs to the series of the first try.
   */
  find(request: DialectRequest, client: string, host: string): PollSeries | undefined {
    const { session } = request;
    const known =
      session === undefined ? undefined : this.#bySession.get(sessionKey(request, client, host, session));
    if (known) return known;
    const handshake = this.#handshakes.get(placeKey(request, client, host));
    if (!handshake) return undefined;
    const isOurs = session === undefined ? isOver(handshake) : handshake.isAnswered;
    if (isOurs && session !== undefined) this.name(handshake.series, request, session);
    return isOurs ? handshake.series : undefined;
  }

  /** Remembers `series`, which begins with `request`. */
  begin(series: PollSeries, request: DialectRequest): void {
    if (request.session !== undefined) return this.name(series, request, request.session);
    this.#handshakes.set(placeKey(request, series.client, series.host), { series, isAnswered: false });
  }

  /** The handshake of `series` was answered well, but its body could not be read. */
  leaveUnnamed(series: PollSeries, request: DialectRequest): void {
    const handshake = this.#handshakes.get(placeKey(request, series.client, series.host));
    if (handshake?.series === series) handshake.isAnswered = true;
  }

  /** The conversation that `series` is turns out to be called `session`. */
  name(series: PollSeries, request: DialectRequest, session: string): void {
    const { client, host } = series;
    series.name(session);
    this.#bySession.set(sessionKey(request, client, host, session), series);
    const place = placeKey(request, client, host);
    if (this.#handshakes.get(place)?.series === series) this.#handshakes.delete(place);
  }
}

/** No more answer is awaited. */
function isOver({ series, isAnswered }: Handshake): boolean {
  return !isAnswered && series.open === 0;
}

function placeKey({ dialect, place }: DialectRequest, client: string, host: string): number {
  return textsKey(dialect, client, host, place);
}

/** Sessions are told apart by their own names: who presents one, with which cookies, is the same client. */
function sessionKey(
  { dialect, place }: DialectRequest,
  client: string,
  host: string,
  session: string,
): number {
  return textsKey(dialect, client, host, place, session);
}
