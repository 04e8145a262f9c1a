import type { Filter } from '../../../analysis/filter/filter.ts';
import type { Session } from '../../../session/session.ts';
import { percentage } from '../../byte-count.ts';
import { harmless } from '../../harmless.ts';
import { addressOf } from '../../line-columns.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import type { Key, KeyHint } from '../key.ts';
import type { Area, Pane } from '../pane.ts';
import { isSameSubject, type Subject } from '../subject.ts';
import { inColumns, onGround, titleLine } from '../title-line.ts';
import { Viewport } from '../viewport.ts';
import { moved } from '../viewport-keys.ts';
import type { Work } from '../work.ts';
import { messageRowLine, messageTitles, type TimeStyle } from './message-row-line.ts';
import { type ShownMessage, ShownMessages } from './shown-messages.ts';
import { SubjectMessages } from './subject-messages.ts';

/** The title, and the names of the columns. */
const TITLE_ROWS = 2;

/** The messages of the chosen exchange. */
export class MessagesPane implements Pane, Work {
  readonly hints: readonly KeyHint[] = [
    {
      key: '↑↓',
      does: 'move',
      tells: 'Up and down; also j k, PgUp PgDn, g for the first and G for the last.',
    },
    { key: '⏎', does: 'detail', tells: 'Look at the message in detail.' },
    { key: 'f', does: 'follow', tells: 'Stick to the newest message, or let go.' },
    { key: 'p', does: 'fold pings', tells: 'Fold pings, pongs and comments, or show each.' },
    { key: 't', does: 'time', tells: 'Times of day, or how long after the message before.' },
  ];
  readonly #session: Session;
  #subject: Subject | undefined;
  #all: SubjectMessages | undefined;
  /** What is left where something is hidden or folded. */
  #some: ShownMessages | undefined;
  #filter: Filter | undefined;
  #isFolding = false;
  #style: TimeStyle = 'day';
  #viewport = new Viewport();
  #knownOlder = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  get progress(): number | undefined {
    return this.#some ? this.#some.progress : this.#all?.progress;
  }

  /** Number of the message the user is on. */
  get selected(): number | undefined {
    const shown = this.#shownAt(this.#viewport.cursor);
    return shown?.type === 'message' ? shown.number : undefined;
  }

  show(subject: Subject | undefined): void {
    if (isSameSubject(subject, this.#subject)) return;
    this.#subject = subject;
    this.#all = subject && new SubjectMessages(this.#session, subject);
    this.#all?.work(performance.now() + FIRST_LOOK);
    this.#viewport = new Viewport({ isFollowing: this.#isOpen(subject) });
    this.#choose();
  }

  select(number: number): void {
    const index = this.#some ? this.#some.indexFrom(number) : (this.#all?.indexFrom(number) ?? 0);
    this.#viewport.letGo();
    this.#viewport.goTo(index);
  }

  filter(filter: Filter | undefined): void {
    this.#filter = filter?.hasMessageTerms ? filter : undefined;
    this.#choose();
  }

  toggleTime(): void {
    this.#style = this.#style === 'day' ? 'delta' : 'day';
  }

  work(until: number): boolean {
    const isMore = this.#all?.work(until) ?? false;
    this.#noteOlder();
    return isMore || (this.#some?.work(until) ?? false);
  }

  draw({ columns, rows }: Area, isFocused: boolean): readonly StyledLine[] {
    this.#all?.takeNew();
    this.#noteOlder();
    const seen = Math.max(0, rows - TITLE_ROWS);
    this.#viewport.fit(this.#length, seen);
    const { top } = this.#viewport;
    const count = Math.min(seen, this.#length - top);
    const lines = Array.from({ length: Math.max(0, count) }, (_, row) =>
      this.#line(top + row, columns, isFocused),
    );
    return [this.#title(columns, isFocused), inColumns(messageTitles(this.#style), columns), ...lines];
  }

  press(key: Key): boolean {
    if (moved(this.#viewport, key)) return true;
    switch (key.name) {
      case 'f':
        if (this.#viewport.isFollowing) this.#viewport.letGo();
        else this.#viewport.follow();
        return true;
      case 'p':
        this.#isFolding = !this.#isFolding;
        this.#choose();
        return true;
      case 'n':
        this.#viewport.move(1);
        return true;
      case 'N':
        this.#viewport.move(-1);
        return true;
      default:
        return false;
    }
  }

  click(row: number): void {
    if (row < TITLE_ROWS) return;
    this.#viewport.letGo();
    this.#viewport.goTo(this.#viewport.top + row - TITLE_ROWS);
  }

  wheel(rows: number): void {
    this.#viewport.move(rows);
  }

  /** Nothing is held that would have to be given back. */
  close(): void {
    this.show(undefined);
  }

  get #length(): number {
    return this.#some ? this.#some.length : (this.#all?.length ?? 0);
  }

  /** Messages that were found before all others move those that are seen. */
  #noteOlder(): void {
    const older = this.#all?.olderCount ?? 0;
    if (!this.#some && older > this.#knownOlder) this.#viewport.shift(older - this.#knownOlder);
    this.#knownOlder = older;
  }

  /** Shows what the filter and the folding leave; the user stays on the same message. */
  #choose(): void {
    const number = this.selected;
    this.#knownOlder = this.#all?.olderCount ?? 0;
    const isWhole = !this.#all || (!this.#filter && !this.#isFolding);
    this.#some =
      isWhole || !this.#all
        ? undefined
        : new ShownMessages(this.#session, this.#all, this.#filter, this.#isFolding);
    this.#some?.work(performance.now() + FIRST_LOOK);
    this.#viewport.fit(this.#length, 1);
    if (number !== undefined && !this.#viewport.isFollowing) this.select(number);
  }

  #isOpen(subject: Subject | undefined): boolean {
    if (subject?.type === 'series') return true;
    return (
      subject?.type === 'exchange' && this.#session.exchanges.get(subject.number)?.closedAt === undefined
    );
  }

  #shownAt(index: number): ShownMessage | undefined {
    if (this.#some) return this.#some.at(index);
    const number = this.#all?.at(index);
    return number === undefined ? undefined : { type: 'message', number };
  }

  #line(index: number, columns: number, isFocused: boolean): StyledLine {
    const shown = this.#shownAt(index);
    const line = shown ? this.#text(shown, index, columns) : [];
    if (index !== this.#viewport.cursor) return line;
    return onGround(inColumns(line, columns), isFocused ? 'cursor' : 'selected');
  }

  #text(shown: ShownMessage, index: number, columns: number): StyledLine {
    if (shown.type === 'folded') {
      const words = `   ♥ ${shown.count} ping${shown.count === 1 ? '' : 's'}, pongs or comments, folded`;
      return inColumns([piece(words, 'control')], columns);
    }
    const previous = this.#shownAt(index - 1);
    const previousAt =
      this.#style === 'delta' && previous?.type === 'message'
        ? this.#session.messages.row(previous.number).at
        : undefined;
    return messageRowLine(this.#session, { number: shown.number, previousAt, style: this.#style }, columns);
  }

  #title(columns: number, isFocused: boolean): StyledLine {
    const total = this.#all?.length ?? 0;
    const count = this.#some ? `${this.#length} of ${total}` : `${total}`;
    const { progress } = this;
    const state =
      progress !== undefined
        ? [`reading ${percentage(progress)}`]
        : this.#viewport.isFollowing
          ? ['following']
          : [];
    const unseen = this.#viewport.unseen;
    const right = unseen > 0 ? `${unseen} new ▼` : '';
    return titleLine([this.#name(), `${count} messages`, ...state], columns, isFocused, right);
  }

  #name(): string {
    const subject = this.#subject;
    if (!subject) return 'Messages';
    if (subject.type === 'series') return `poll series ${subject.number}`;
    const exchange = subject.type === 'exchange' ? this.#session.exchanges.get(subject.number) : undefined;
    return exchange ? `#${exchange.number} ${harmless(addressOf(this.#session, exchange))}` : 'no messages';
  }
}

/** Milliseconds that are looked at once when a filter is set: mostly that is all. */
const FIRST_LOOK = 10;
