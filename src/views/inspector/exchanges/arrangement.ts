import type { Session } from '../../../session/session.ts';
import type { RowKeys } from './row-keys.ts';
import { slicedSort } from './sliced-sort.ts';
import type { SortColumn } from './sort-column.ts';
import { type SubjectCode, subjectOf } from './subject-code.ts';

export type Grouping = 'none' | 'host' | 'connection';

/** How rows are to be ordered. */
export interface RowOrder {
  readonly column: SortColumn;
  readonly isFalling: boolean;
  readonly grouping: Grouping;
}

/** Rows at one moment, in the order they came, each with the exchange it came with or behind. */
export interface RowSnapshot {
  readonly codes: Int32Array;
  readonly exchanges: Int32Array;
}

/** Rows in an order; where they are grouped, the rows of group `n` are those from `starts[n]` on and before `starts[n + 1]`. */
export interface Arrangement {
  readonly codes: Int32Array;
  readonly grouping: Grouping;
  /** What the groups are of: numbers of hosts (of `RowKeys`), or of connections. */
  readonly groups: Int32Array;
  readonly starts: Int32Array;
}

/** Rows between pauses: some 0.1 ms where exchanges have to be read, far less where their keys are known. */
const ROWS_A_STEP = 16;

/** Orders rows; pauses (yields) every now and then, so that a million of them take their time between other things. */
export function* arranged(
  session: Session,
  snapshot: RowSnapshot,
  order: RowOrder,
  keys: RowKeys,
): Generator<undefined, Arrangement> {
  const sorted = yield* slicedSort(yield* sortKeys(snapshot, order, keys));
  if (order.grouping !== 'none') return yield* grouped(session, snapshot, sorted, order.grouping, keys);
  const codes = new Int32Array(sorted.length);
  for (let index = 0; index < codes.length; index++) codes[index] = snapshot.codes[sorted[index]!]!;
  return { codes, grouping: 'none', groups: new Int32Array(0), starts: new Int32Array(1) };
}

function* sortKeys(
  { codes }: RowSnapshot,
  { column, isFalling }: RowOrder,
  keys: RowKeys,
): Generator<undefined, Float64Array> {
  const sortKeys = new Float64Array(codes.length);
  for (let index = 0; index < codes.length; index++) {
    if (index % ROWS_A_STEP === 0) yield;
    sortKeys[index] = column.name === 'number' ? index : keys.keyOf(codes[index]!);
  }
  const ranks = column.name === 'host' ? keys.hostRanks() : undefined;
  const sign = isFalling ? -1 : 1;
  for (let index = 0; index < codes.length; index++) {
    const key = sortKeys[index]!;
    sortKeys[index] = sign * (ranks ? ranks[key]! : key);
  }
  return sortKeys;
}

/** Groups stand in the order of their first rows. */
function* grouped(
  session: Session,
  snapshot: RowSnapshot,
  sorted: Int32Array,
  grouping: Exclude<Grouping, 'none'>,
  keys: RowKeys,
): Generator<undefined, Arrangement> {
  const places = new Map<number, number>();
  const placeOf = new Int32Array(sorted.length);
  const counts: number[] = [];
  for (let index = 0; index < sorted.length; index++) {
    if (index % ROWS_A_STEP === 0) yield;
    const row = sorted[index]!;
    const code = snapshot.codes[row]!;
    const group =
      grouping === 'host' ? keys.hostOf(code) : connectionOf(session, code, snapshot.exchanges[row]!, keys);
    const place = places.get(group) ?? places.size;
    if (place === places.size) places.set(group, place);
    placeOf[index] = place;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const starts = new Int32Array(counts.length + 1);
  for (let place = 0; place < counts.length; place++) starts[place + 1] = starts[place]! + counts[place]!;
  yield;
  const next = starts.slice();
  const codes = new Int32Array(sorted.length);
  for (let index = 0; index < sorted.length; index++)
    codes[next[placeOf[index]!]!++] = snapshot.codes[sorted[index]!]!;
  return { codes, grouping, groups: Int32Array.from(places.keys()), starts };
}

/** Of a series that of its first exchange. */
function connectionOf(session: Session, code: SubjectCode, exchange: number, keys: RowKeys): number {
  const { type, number } = subjectOf(code);
  if (type === 'failure') return number;
  return keys.connectionOf(exchange, () => session.exchanges.connectionOf(exchange));
}
