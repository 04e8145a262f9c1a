import { completionsOf } from '../../analysis/filter/completion.ts';
import { type Filter, parseFilter } from '../../analysis/filter/filter.ts';
import type { Session } from '../../session/session.ts';
import { cutLine, type StyledLine } from '../styled-line.ts';
import { Actions } from './actions.ts';
import type { Controls } from './controls.ts';
import { emptyState } from './empty-state.ts';
import { FindingsPane } from './findings/findings-pane.ts';
import { HelpPane } from './help-pane.ts';
import type { Key, KeyHint } from './key.ts';
import { keyBar } from './key-bar.ts';
import { MainScreen } from './main-screen.ts';
import { Notices } from './notices.ts';
import { OverviewPane } from './overview/overview-pane.ts';
import { PacedSums } from './paced-sums.ts';
import type { Area, Pane } from './pane.ts';
import { Prompt } from './prompt.ts';
import { readingLine } from './reading-line.ts';
import { statusLine } from './status-line.ts';
import type { Frame, MouseAction } from './terminal.ts';

/** Rows that the wheel turns at a time. */
const WHEEL = 3;

/** Keys of the pane that the bottom line shows before those that do the same everywhere. */
const FIRST_HINTS = 3;

/** Something that takes all keys until it is left: a line to type, a question. */
export interface Overlay {
  /** Its lines, which stand at the bottom of the screen. */
  draw(area: Area): readonly StyledLine[];
  readonly caretColumn?: number;
  /** True when it is over. */
  press(key: Key): boolean;
}

/** The inspector without its terminal: keys in, frames out. */
export class Inspector {
  readonly #session: Session;
  readonly #controls: Controls;
  readonly #sums: PacedSums;
  readonly #main: MainScreen;
  readonly #overview: OverviewPane;
  readonly #findings: FindingsPane;
  readonly #notices: Notices;
  readonly #actions: Actions;
  readonly #filters: string[] = [];
  /** What covers the main screen. */
  #page: Pane | undefined;
  #overlay: Overlay | undefined;
  #isPaused = false;

  /** `told` is called when there are words to show that no key asked for. */
  constructor(session: Session, controls: Controls, told: () => void, filter?: Filter) {
    const clock = () => controls.now();
    this.#session = session;
    this.#controls = controls;
    this.#main = new MainScreen(session, clock);
    this.#sums = new PacedSums(session);
    this.#overview = new OverviewPane(session, this.#sums, clock, controls.proxy !== undefined);
    this.#findings = new FindingsPane(session);
    this.#notices = new Notices(told);
    this.#actions = new Actions(session, controls, this.#notices);
    if (filter) this.#filter(filter.text);
  }

  /** While it is paused, traffic is no reason for a frame. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Text to send to the terminal as it is, once: the clipboard's. */
  takeSequence(): string | undefined {
    return this.#actions.takeSequence();
  }

  tell(words: string, isTrouble: boolean): void {
    this.#notices.tell(words, isTrouble);
  }

  /** To be called each second, for what is counted by time. */
  tick(): void {
    this.#overview.tick();
  }

  work(until: number): boolean {
    const isMore = this.#main.work(until);
    return this.#overview.work(until) || isMore;
  }

  close(): void {
    this.#main.close();
    this.#overview.close();
    this.#findings.close();
  }

  frame(area: Area): Frame {
    const { columns, rows } = area;
    const bottom = this.#bottom({ columns, rows: rows - 2 });
    const body = { columns, rows: Math.max(0, rows - 1 - bottom.length) };
    const status = {
      controls: this.#controls,
      isPaused: this.#isPaused,
      rate: this.#overview.rate,
    };
    const lines = [
      statusLine(this.#sums.now(), status, columns),
      ...filledUp(this.#body(body), body.rows),
      ...bottom,
    ];
    const column = this.#overlay?.caretColumn;
    return column === undefined ? { lines } : { lines, caret: { column, row: lines.length - 1 } };
  }

  press(key: Key): void {
    if (key.name === 'C-c') return this.#controls.quit();
    this.#notices.dismiss();
    if (this.#overlay) {
      const overlay = this.#overlay;
      if (overlay.press(key) && this.#overlay === overlay) this.#overlay = undefined;
    } else if (this.#page) this.#pressOnPage(this.#page, key);
    else if (!this.#main.press(key)) this.#pressAnywhere(key);
  }

  moused({ does, column, row }: MouseAction): void {
    if (this.#overlay) return;
    const inBody = row - 1;
    if (does === 'click') {
      if (this.#page) this.#page.click(inBody, column);
      else this.#main.click(inBody, column);
      return;
    }
    const rows = does === 'wheel-down' ? WHEEL : -WHEEL;
    if (this.#page) this.#page.wheel(rows);
    else this.#main.wheel(inBody, column, rows);
  }

  #body(area: Area): readonly StyledLine[] {
    if (this.#page) return this.#page.draw(area, true);
    const isEmpty = this.#session.exchanges.length === 0 && this.#session.connections.size === 0;
    const reading = this.#controls.reading?.();
    if (!isEmpty) return this.#main.draw(area);
    return reading ? [[], readingLine(reading, area.columns)] : emptyState(this.#controls);
  }

  #bottom(area: Area): readonly StyledLine[] {
    if (this.#overlay) return this.#overlay.draw(area);
    const reading = this.#controls.reading?.();
    const notice = this.#notices.line(performance.now());
    const { hints: own } = this.#main;
    const hints = this.#page?.hints ?? [
      ...own.slice(0, FIRST_HINTS),
      ...GLOBAL_HINTS,
      ...own.slice(FIRST_HINTS),
    ];
    return [
      ...(reading ? [readingLine(reading, area.columns)] : []),
      ...(notice ? [cutLine(notice, area.columns)] : []),
      keyBar(hints, this.#page ? PAGE_HINTS : ALWAYS, area.columns),
    ];
  }

  #pressOnPage(page: Pane, key: Key): void {
    if (page.press(key)) return this.#goToChosen();
    const isSame = key.name === PAGE_KEYS.get(this.#nameOf(page));
    if (isSame || key.name === 'escape' || key.name === 'q') this.#page = undefined;
    else this.#pressAnywhere(key);
  }

  /** A fault that was chosen is looked at where it happened. */
  #goToChosen(): void {
    const chosen = this.#findings.takeChosen();
    if (!chosen) return;
    this.#page = undefined;
    this.#main.exchanges.select(chosen);
    this.#main.focus('messages');
  }

  #nameOf(page: Pane): string {
    return page === this.#overview ? 'overview' : page === this.#findings ? 'findings' : 'help';
  }

  #pressAnywhere(key: Key): void {
    switch (key.name) {
      case '/':
        return this.#askFilter();
      case 'o':
        this.#page = this.#overview;
        return;
      case 'F':
        this.#page = this.#findings;
        return;
      case '?':
        this.#page = new HelpPane([...this.#main.allHints, { title: 'Everywhere', hints: EVERYWHERE }]);
        return;
      case 'space':
        this.#isPaused = !this.#isPaused;
        return;
      case 't':
        this.#main.exchanges.toggleTime();
        return this.#main.messages.toggleTime();
      case 'n':
      case 'N':
        this.#main.messages.press(key);
        return;
      default:
        this.#overlay = this.#actions.begin(key, this.#main) ?? this.#overlay;
    }
  }

  #askFilter(): void {
    const prompt = new Prompt({
      label: '/',
      text: this.#filters[0] ?? '',
      history: this.#filters,
      complete: completionsOf,
      problem: problemOf,
    });
    this.#overlay = {
      draw: (area) => prompt.draw(area),
      get caretColumn() {
        return prompt.caretColumn;
      },
      press: (key) => {
        const came = prompt.press(key);
        if (came === 'done') return this.#filter(prompt.text);
        return came === 'left';
      },
    };
  }

  /** Shows what fits; false where the text says nothing that could be understood. */
  #filter(text: string): boolean {
    const filter = text.trim() === '' ? undefined : parseFilter(text);
    if (filter && 'problem' in filter) return false;
    if (filter) this.#filters.unshift(text);
    this.#main.exchanges.filter(filter);
    this.#main.messages.filter(filter);
    return true;
  }
}

function problemOf(text: string) {
  const parsed = parseFilter(text);
  return 'problem' in parsed ? parsed : undefined;
}

function filledUp(lines: readonly StyledLine[], rows: number): StyledLine[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? []);
}

const PAGE_KEYS: ReadonlyMap<string, string> = new Map([
  ['overview', 'o'],
  ['findings', 'F'],
  ['help', '?'],
]);

const ALWAYS: readonly KeyHint[] = [
  { key: '?', does: 'keys', tells: 'Show all keys, colours and signs.' },
  { key: 'q', does: 'quit', tells: 'End tare; ctrl-C does so without a question.' },
];

const PAGE_HINTS: readonly KeyHint[] = [{ key: 'Esc', does: 'back', tells: 'Go back to where you were.' }];

const GLOBAL_HINTS: readonly KeyHint[] = [
  {
    key: 'Tab',
    does: 'pane',
    tells: 'Go to the next pane; shift-Tab to the one before. Enter goes in, Esc comes back out.',
  },
  {
    key: '/',
    does: 'filter',
    tells:
      'Show only what fits: `host:chat from:client size:>1k -opcode:ping`. Tab completes; an empty filter shows all.',
  },
  { key: 'o', does: 'overview', tells: 'Throughput, bytes by class and protocol, top talkers.' },
  { key: 'F', does: 'findings', tells: 'Faults, failed connections, wasted polls.' },
  { key: 'y', does: 'copy', tells: 'Copy as curl, wscat, fetch, hex, JSON, text.' },
  { key: 'w', does: 'save', tells: 'Write what is chosen to a file: .pcapng or .har by its name.' },
  { key: 'r', does: 'record', tells: 'Start to record to a file, or stop.' },
  { key: 'x', does: 'kill', tells: 'End the connection, after a question.' },
  { key: 'space', does: 'pause', tells: 'Hold the display still, or let it go on. The traffic goes on.' },
];

const EVERYWHERE: readonly KeyHint[] = [
  ...GLOBAL_HINTS,
  { key: 'n N', does: 'match', tells: 'The next message that fits the filter, or the one before.' },
  { key: 't', does: 'time', tells: 'Times of day, or how long after what came before.' },
  {
    key: 'C',
    does: 'clear',
    tells: 'Hide all that is there now, after a question; it is kept and weighed on.',
  },
  { key: 'C-l', does: 'repaint', tells: 'Paint the screen anew.' },
  ...ALWAYS,
];
