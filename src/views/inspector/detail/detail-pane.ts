import type { Session } from '../../../session/session.ts';
import { displayWidth } from '../../display-width.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import type { Key, KeyHint } from '../key.ts';
import type { Area, Pane, VirtualLines } from '../pane.ts';
import { isSameSubject } from '../subject.ts';
import { titleLine } from '../title-line.ts';
import type { DetailSubject, Tab } from './tab.ts';

/** Milliseconds after which the lines of something that may change are made anew. */
const FRESH = 250;

/** Everything about one message, exchange or series, a page of it at a time. */
export class DetailPane implements Pane {
  readonly hints: readonly KeyHint[] = [
    {
      key: '←→',
      does: 'page',
      tells: 'The next page of the detail, or the one before; also h l and their numbers.',
    },
    { key: '↑↓', does: 'scroll', tells: 'Scroll through the page; also j k, PgUp PgDn, g, G.' },
  ];
  readonly #session: Session;
  readonly #clock: () => number;
  readonly #tabs: readonly Tab[];
  #about: DetailSubject | undefined;
  #tab = 0;
  #top = 0;
  #rows = 1;
  #lines: VirtualLines | undefined;
  /** What the lines were made for. */
  #madeFor = '';
  #madeAt = 0;
  /** Columns of the title at which the names of the pages begin. */
  #nameStarts: readonly number[] = [];

  constructor(session: Session, clock: () => number, tabs: readonly Tab[]) {
    this.#session = session;
    this.#clock = clock;
    this.#tabs = tabs;
  }

  show(about: DetailSubject | undefined): void {
    const isSame =
      isSameSubject(about?.subject, this.#about?.subject) && about?.message === this.#about?.message;
    if (isSame) return;
    this.#about = about;
    this.#top = 0;
    this.#lines = undefined;
  }

  draw({ columns, rows }: Area, isFocused: boolean): readonly StyledLine[] {
    this.#rows = Math.max(1, rows - 1);
    const lines = this.#linesIn(columns - 1);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - this.#rows));
    const count = Math.max(0, Math.min(this.#rows, lines.length - this.#top));
    const shown = Array.from({ length: count }, (_, row) => [piece(' '), ...lines.line(this.#top + row)]);
    return [this.#title(columns, isFocused, lines.length), ...shown];
  }

  press({ name }: Key): boolean {
    const rows = this.#scrolls(name);
    if (rows !== undefined) {
      this.wheel(rows);
      return true;
    }
    if (name === 'left' || name === 'h') return this.#turn(this.#tab - 1);
    if (name === 'right' || name === 'l') return this.#turn(this.#tab + 1);
    const number = Number(name);
    return Number.isInteger(number) && number >= 1 && number <= this.#tabs.length && this.#turn(number - 1);
  }

  click(row: number, column: number): void {
    if (row !== 0) return;
    const tab = this.#nameStarts.findLastIndex((start) => column >= start);
    if (tab >= 0) this.#turn(tab);
  }

  wheel(rows: number): void {
    this.#top = Math.max(0, this.#top + rows);
  }

  /** Lines of the chosen page: made anew when it is about something else, and now and then, as what goes on changes. */
  #linesIn(columns: number): VirtualLines {
    if (!this.#about) return NOTHING;
    const wanted = `${this.#tab} ${columns}`;
    const now = performance.now();
    if (!this.#lines || this.#madeFor !== wanted || now - this.#madeAt > FRESH) {
      this.#lines = this.#tabs[this.#tab]!.lines(this.#session, this.#about, columns, this.#clock());
      this.#madeFor = wanted;
      this.#madeAt = now;
    }
    return this.#lines;
  }

  #turn(tab: number): true {
    this.#tab = (tab + this.#tabs.length) % this.#tabs.length;
    this.#top = 0;
    return true;
  }

  #scrolls(name: string): number | undefined {
    switch (name) {
      case 'up':
      case 'k':
        return -1;
      case 'down':
      case 'j':
        return 1;
      case 'pageup':
      case 'C-b':
        return -this.#rows;
      case 'pagedown':
      case 'C-f':
      case 'space':
        return this.#rows;
      case 'C-u':
        return -Math.ceil(this.#rows / 2);
      case 'C-d':
        return Math.ceil(this.#rows / 2);
      case 'home':
      case 'g':
        return Number.NEGATIVE_INFINITY;
      case 'end':
      case 'G':
        return Number.MAX_SAFE_INTEGER;
      default:
        return undefined;
    }
  }

  #title(columns: number, isFocused: boolean, length: number): StyledLine {
    const name = this.#name();
    const names = this.#tabs.map(({ name }, index) => (index === this.#tab ? `[${name}]` : ` ${name} `));
    const starts: number[] = [];
    let column = displayWidth(name) + 5;
    for (const tab of names) {
      starts.push(column);
      column += displayWidth(tab);
    }
    this.#nameStarts = starts;
    const tabs = names.map((tab, index) => piece(tab, index === this.#tab ? 'strong' : 'dim'));
    const position = length > this.#rows ? `${Math.min(length, this.#top + this.#rows)}/${length}` : '';
    const title = titleLine([name], displayWidth(name) + 5, isFocused).slice(0, 2);
    return column > columns
      ? titleLine([name, this.#tabs[this.#tab]!.name], columns, isFocused, position)
      : [
          ...title,
          piece('  ', 'dim'),
          ...tabs,
          ...titleLine([], columns - column + 1, isFocused, position).slice(1),
        ];
  }

  #name(): string {
    if (!this.#about) return 'detail';
    const { subject, message } = this.#about;
    return message === undefined ? `${subject.type} ${subject.number}` : `message ${message + 1}`;
  }
}

const NOTHING: VirtualLines = { length: 0, line: () => [] };
