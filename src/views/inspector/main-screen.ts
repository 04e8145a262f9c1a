import type { Session } from '../../session/session.ts';
import type { StyledLine } from '../styled-line.ts';
import { DetailPane } from './detail/detail-pane.ts';
import type { DetailSubject } from './detail/tab.ts';
import { TABS } from './detail/tabs.ts';
import { ExchangesPane } from './exchanges/exchanges-pane.ts';
import type { Key, KeyHint } from './key.ts';
import { beside, type PaneName, type Place, placesOf } from './layout.ts';
import { MessagesPane } from './messages/messages-pane.ts';
import type { Area, Pane } from './pane.ts';

const ORDER: readonly PaneName[] = ['exchanges', 'messages', 'detail'];

/** The three panes that the inspector is about: the exchanges, the messages of one of them, and one of these in detail. */
export class MainScreen {
  readonly exchanges: ExchangesPane;
  readonly messages: MessagesPane;
  readonly #detail: DetailPane;
  readonly #panes: Readonly<Record<PaneName, Pane>>;
  #focus: PaneName = 'exchanges';
  #places: readonly Place[] = [];

  constructor(session: Session, clock: () => number) {
    this.exchanges = new ExchangesPane(session, clock);
    this.messages = new MessagesPane(session);
    this.#detail = new DetailPane(session, clock, TABS);
    this.#panes = { exchanges: this.exchanges, messages: this.messages, detail: this.#detail };
  }

  /** What the keys do in the pane that has the focus. */
  get hints(): readonly KeyHint[] {
    return this.#panes[this.#focus].hints;
  }

  /** The hints of each pane, under its name. */
  get allHints(): readonly { readonly title: string; readonly hints: readonly KeyHint[] }[] {
    return ORDER.map((name) => ({ title: TITLES[name], hints: this.#panes[name].hints }));
  }

  /** What the user is on. */
  get selected(): DetailSubject | undefined {
    const subject = this.exchanges.selected;
    return subject && { subject, message: this.#message };
  }

  focus(pane: PaneName): void {
    this.#focus = pane;
  }

  draw(area: Area): readonly StyledLine[] {
    this.#follow();
    this.#places = placesOf(area, this.#focus, this.exchanges.wantedRows);
    const drawn = this.#places.map((place) =>
      this.#panes[place.pane].draw(place, place.pane === this.#focus),
    );
    const [upper, left, right] = drawn;
    const [place, leftPlace] = this.#places;
    if (!upper || !place) return [];
    if (!left || !leftPlace) return upper;
    const lower = right
      ? beside(left, right, { leftColumns: leftPlace.columns, rows: leftPlace.rows })
      : left;
    return [...filledUp(upper, place.rows), ...lower];
  }

  press(key: Key): boolean {
    if (this.#panes[this.#focus].press(key)) {
      this.#follow();
      return true;
    }
    switch (key.name) {
      case 'tab':
        return this.#turn(1);
      case 'S-tab':
        return this.#turn(-1);
      case 'enter':
        return this.#step(1);
      case 'escape':
        return this.#step(-1);
      default:
        return false;
    }
  }

  /** A click gives the focus to the pane it is in. */
  click(row: number, column: number): void {
    const place = this.#at(row, column);
    if (!place) return;
    this.#focus = place.pane;
    this.#panes[place.pane].click(row - place.row, column - place.column);
    this.#follow();
  }

  wheel(row: number, column: number, rows: number): void {
    const place = this.#at(row, column);
    if (place) this.#panes[place.pane].wheel(rows);
  }

  /** Goes on with searches and sorts; whether there is more to do. */
  work(until: number): boolean {
    const isMore = this.exchanges.work(until);
    return this.messages.work(until) || isMore;
  }

  close(): void {
    this.exchanges.close();
    this.messages.close();
  }

  /** The messages are those of the exchange that was chosen, the detail is of the message. */
  #follow(): void {
    const subject = this.exchanges.selected;
    this.messages.show(subject);
    this.#detail.show(this.selected);
  }

  /** From the exchanges it is the whole exchange that is looked at. */
  get #message(): number | undefined {
    return this.#focus === 'exchanges' ? undefined : this.messages.selected;
  }

  #turn(panes: number): true {
    const index = ORDER.indexOf(this.#focus) + panes + ORDER.length;
    this.#focus = ORDER[index % ORDER.length]!;
    return true;
  }

  /** One pane further in, or out; false at the end. */
  #step(panes: number): boolean {
    const next = ORDER[ORDER.indexOf(this.#focus) + panes];
    if (next) this.#focus = next;
    return next !== undefined;
  }

  #at(row: number, column: number): Place | undefined {
    return this.#places.find(
      (place) =>
        row >= place.row &&
        row < place.row + place.rows &&
        column >= place.column &&
        column < place.column + place.columns,
    );
  }
}

const TITLES: Readonly<Record<PaneName, string>> = {
  exchanges: 'Exchanges',
  messages: 'Messages',
  detail: 'Detail',
};

function filledUp(lines: readonly StyledLine[], rows: number): StyledLine[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? []);
}
