import type { Filter } from '../../../analysis/filter/filter.ts';
import type { Session } from '../../../session/session.ts';
import { percentage } from '../../byte-count.ts';
import { harmless } from '../../harmless.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import type { Key, KeyHint } from '../key.ts';
import type { Area, Pane } from '../pane.ts';
import type { Subject } from '../subject.ts';
import { inColumns, onGround, titleLine } from '../title-line.ts';
import { Viewport } from '../viewport.ts';
import { moved } from '../viewport-keys.ts';
import type { Work } from '../work.ts';
import type { Grouping } from './arrangement.ts';
import { exchangeLine, exchangeTitles, grossOf, type LineStyle, type TimeStyle } from './exchange-line.ts';
import { ExchangeList } from './exchange-list.ts';
import type { ListRow } from './grouped-rows.ts';
import { Heartbeats } from './heartbeats.ts';
import { RateSamples } from './rate-samples.ts';
import { rowSource } from './row-source.ts';
import { type RowSource, SORT_COLUMNS } from './sort-column.ts';
import { subjectCode, subjectOf } from './subject-code.ts';

/** The title, and the names of the columns. */
const TITLE_ROWS = 2;

const GROUPINGS: readonly Grouping[] = ['none', 'host', 'connection'];

/** All exchanges, poll series and connections that failed: the main list. */
export class ExchangesPane implements Pane, Work {
  readonly hints: readonly KeyHint[] = [
    {
      key: '↑↓',
      does: 'move',
      tells: 'Up and down; also j k, PgUp PgDn, g for the first and G for the last.',
    },
    {
      key: '⏎',
      does: 'open',
      tells: 'Look at the messages; on the header of a group, fold it, as Space does.',
    },
    { key: 'f', does: 'follow', tells: 'Stick to the newest, in the order in which they came, or let go.' },
    { key: 's', does: 'sort', tells: 'Sort by the next column; S turns the order round.' },
    { key: 'b', does: 'group', tells: 'Group by host, then by connection, then not.' },
    { key: 't', does: 'time', tells: 'How long ago, or times of day.' },
  ];
  readonly #session: Session;
  readonly #clock: () => number;
  readonly #list: ExchangeList;
  readonly #heartbeats: Heartbeats;
  readonly #rates = new RateSamples();
  readonly #viewport = new Viewport({ isFollowing: true });
  readonly #unwatch: () => void;
  #time: TimeStyle = 'age';
  #filter: Filter | undefined;
  /** The row the user went to, which the cursor stays with. */
  #anchor: ListRow | undefined;
  #isAnchorLost = false;
  #knownVersion = 0;
  #height = 1;

  /** `clock` tells nanoseconds since the session's epoch. */
  constructor(session: Session, clock: () => number) {
    this.#session = session;
    this.#clock = clock;
    this.#list = new ExchangeList(session);
    this.#heartbeats = new Heartbeats(session);
    this.#unwatch = session.watch((change) => this.#list.take(change));
  }

  get progress(): number | undefined {
    return this.#list.progress;
  }

  /** What the user is on; nothing on the header of a group. */
  get selected(): Subject | undefined {
    const row = this.#list.at(this.#viewport.cursor);
    return row?.type === 'subject' ? subjectOf(row.code) : undefined;
  }

  select(subject: Subject): void {
    this.#viewport.letGo();
    this.#anchor = { type: 'subject', code: subjectCode(subject) };
    this.#isAnchorLost = true;
    this.#stay();
  }

  filter(filter: Filter | undefined): void {
    this.#hold();
    this.#filter = filter;
    this.#list.filter(filter);
  }

  /** Hides all that is there now. */
  clear(): void {
    this.#list.hide();
    this.#anchor = undefined;
    this.#stay();
  }

  toggleTime(): void {
    this.#time = this.#time === 'age' ? 'day' : 'age';
  }

  close(): void {
    this.#unwatch();
  }

  work(until: number): boolean {
    const isMore = this.#list.work(until);
    return isMore || this.#heartbeats.work(until);
  }

  /** Rows that it would take to show all there is, title and names of the columns included. */
  get wantedRows(): number {
    return this.#list.length + TITLE_ROWS + 1;
  }

  draw({ columns, rows }: Area, isFocused: boolean): readonly StyledLine[] {
    const seen = Math.max(0, rows - TITLE_ROWS);
    this.#height = seen;
    this.#stay();
    this.#viewport.fit(this.#list.length, seen);
    const { top } = this.#viewport;
    const count = Math.max(0, Math.min(seen, this.#list.length - top));
    const shown = Array.from({ length: count }, (_, row) => this.#list.at(top + row));
    const sources = shown.map((row) =>
      row?.type === 'subject' ? rowSource(this.#session, row.code) : undefined,
    );
    const largest = sources.reduce((most, source) => Math.max(most, source ? grossOf(source) : 0), 0);
    const style = { columns, time: this.#time, now: this.#clock(), largest };
    const lines = shown.map((row, index) => this.#line(row, sources[index], style));
    return [this.#title(columns, isFocused), exchangeTitles(style), ...this.#withCursor(lines, isFocused)];
  }

  press(key: Key): boolean {
    if (moved(this.#viewport, key)) {
      this.#hold();
      return true;
    }
    switch (key.name) {
      case 'f':
        this.#toggleFollow();
        return true;
      case 's':
        this.#sortByNext();
        return true;
      case 'S':
        this.#arrange({ isFalling: !this.#list.order.isFalling });
        return true;
      case 'b':
        this.#arrange({ grouping: after(GROUPINGS, this.#list.order.grouping) });
        return true;
      case 'enter':
      case 'space':
        return this.#fold();
      default:
        return false;
    }
  }

  click(row: number): void {
    if (row < TITLE_ROWS) return;
    this.#viewport.letGo();
    this.#viewport.goTo(this.#viewport.top + row - TITLE_ROWS);
    this.#hold();
  }

  wheel(rows: number): void {
    this.#viewport.move(rows);
    this.#hold();
  }

  /** The cursor is to stay with the row it is on now. */
  #hold(): void {
    this.#anchor = this.#list.at(this.#viewport.cursor);
    this.#isAnchorLost = false;
  }

  /** Puts the cursor back on the row it was on, wherever that is by now. */
  #stay(): void {
    this.#list.settle();
    const isMoved = this.#list.version !== this.#knownVersion;
    this.#knownVersion = this.#list.version;
    if (this.#viewport.isFollowing || (!isMoved && !this.#isAnchorLost)) return;
    const index = this.#anchor === undefined ? -1 : this.#placeOf(this.#anchor);
    this.#isAnchorLost = this.#anchor !== undefined && index < 0 && this.#list.progress !== undefined;
    if (index < 0) return;
    this.#viewport.fit(this.#list.length, this.#height);
    this.#viewport.shift(index - this.#viewport.cursor);
    this.#viewport.fit(this.#list.length, this.#height);
  }

  /** Where a row is; of an exchange that has become part of a series, where that is. */
  #placeOf(row: ListRow): number {
    const index = this.#list.indexOf(row);
    if (index >= 0 || row.type === 'group') return index;
    const { type, number } = subjectOf(row.code);
    const series = type === 'exchange' ? this.#session.exchanges.seriesOf(number) : undefined;
    if (series === undefined) return -1;
    this.#anchor = { type: 'subject', code: subjectCode({ type: 'series', number: series }) };
    return this.#list.indexOf(this.#anchor);
  }

  #toggleFollow(): void {
    if (this.#viewport.isFollowing) {
      this.#viewport.letGo();
      return this.#hold();
    }
    const [column] = SORT_COLUMNS;
    if (!this.#list.isNatural) this.#list.arrange({ column: column!, isFalling: false, grouping: 'none' });
    this.#viewport.follow();
  }

  #sortByNext(): void {
    const column = after(SORT_COLUMNS, this.#list.order.column);
    this.#arrange({ column, isFalling: column.isFalling });
  }

  #arrange(change: Partial<ExchangeList['order']>): void {
    if (this.#viewport.isFollowing || this.#anchor === undefined) this.#hold();
    this.#viewport.letGo();
    this.#list.arrange({ ...this.#list.order, ...change });
    this.#isAnchorLost = true;
  }

  #fold(): boolean {
    const row = this.#list.at(this.#viewport.cursor);
    if (row?.type !== 'group') return false;
    this.#hold();
    this.#list.fold(row.group);
    return true;
  }

  #line(row: ListRow | undefined, source: RowSource | undefined, style: LineStyle): StyledLine {
    if (row?.type === 'group') return this.#groupLine(row, style.columns);
    if (!row || !source) return inColumns([piece('       (not kept)', 'dim')], style.columns);
    const isExchange = source.type === 'exchange';
    const exchange = isExchange ? source.exchange : undefined;
    const isOpen = source.type === 'series' || (isExchange && source.exchange.closedAt === undefined);
    const signs = {
      interval: exchange && this.#heartbeats.intervalOf(exchange.number),
      rates: isOpen ? this.#rates.note(row.code, grossOf(source), style.now) : undefined,
      isTls: exchange !== undefined && this.#isTls(exchange.connection),
    };
    return exchangeLine(this.#session, source, signs, style);
  }

  #groupLine({ group, count, isFolded }: ListRow & { type: 'group' }, columns: number): StyledLine {
    const name = harmless(this.#list.groupName(group));
    return inColumns(
      [piece(isFolded ? ' ▸ ' : ' ▾ ', 'dim'), piece(name, 'strong'), piece(`  ${count}`, 'dim')],
      columns,
    );
  }

  #isTls(connection: number): boolean {
    return this.#session.connections.get(connection)?.facts?.tls !== undefined;
  }

  #withCursor(lines: readonly StyledLine[], isFocused: boolean): StyledLine[] {
    const cursor = this.#viewport.cursor - this.#viewport.top;
    return lines.map((line, row) =>
      row === cursor ? onGround(line, isFocused ? 'cursor' : 'selected') : line,
    );
  }

  #title(columns: number, isFocused: boolean): StyledLine {
    const { length, total } = this.#list;
    const count = this.#filter ? `${length} of ${total}` : `${total}`;
    const following = this.#viewport.isFollowing ? ['following'] : [];
    const unseen = this.#list.isNatural ? this.#viewport.unseen : 0;
    const right = [unseen > 0 ? `${unseen} new ▼` : '', this.#filterWords()].filter(Boolean).join('  ');
    return titleLine(['Exchanges', count, this.#orderWords(), ...following], columns, isFocused, right);
  }

  #orderWords(): string {
    const { column, isFalling, grouping } = this.#list.order;
    const isPlain = column === SORT_COLUMNS[0] && !isFalling;
    const way = isPlain ? '' : isFalling ? ' ↓' : ' ↑';
    const groups = grouping === 'none' ? '' : ` in ${grouping}s`;
    return `by ${column.name}${way}${groups}${this.#list.isOrdering ? ' …' : ''}`;
  }

  #filterWords(): string {
    if (!this.#filter) return '';
    const { filterProgress } = this.#list;
    const searching = filterProgress === undefined ? '' : ` (searching ${percentage(filterProgress)})`;
    return `/${harmless(this.#filter.text)}${searching}`;
  }
}

/** The one behind `one`, and behind the last the first. */
function after<Thing>(things: readonly Thing[], one: Thing): Thing {
  return things[(things.indexOf(one) + 1) % things.length]!;
}
