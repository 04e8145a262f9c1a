import { gross, overheadRatio, type Weight } from '../../../session/ledger.ts';
import type { Session, SessionChange } from '../../../session/session.ts';
import { sumOfTotals } from '../../../session/totals.ts';
import { byteCount, percentage } from '../../byte-count.ts';
import { fitted } from '../../display-width.ts';
import { harmless } from '../../harmless.ts';
import { pollSummary } from '../../poll-line.ts';
import { cutLine, piece, type StyledLine } from '../../styled-line.ts';
import { summaryTable } from '../../summary-table.ts';
import { timeSpan } from '../../time-span.ts';
import type { Key, KeyHint } from '../key.ts';
import { beside } from '../layout.ts';
import type { PacedSums } from '../paced-sums.ts';
import type { Area, Pane } from '../pane.ts';
import { titleLine } from '../title-line.ts';
import type { Work } from '../work.ts';
import { braillePlot, sparkline } from './braille-plot.ts';
import { OverviewFindings } from './overview-findings.ts';
import { PacedLines } from './paced-lines.ts';
import { protocolBars, shareBars } from './share-bars.ts';
import { TopTalkers } from './top-talkers.ts';
import { type Course, TrafficHistory } from './traffic-history.ts';

/** Spans of time that the plot may show. */
const SPANS = [
  { name: 'last minute', seconds: 60 },
  { name: 'last ten minutes', seconds: 600 },
  { name: 'all of it', seconds: undefined },
] as const;
const ALL = 2;

/** Seconds of the line in the title. */
const RATE_SECONDS = 8;

const SIDE_COLUMNS = 48;
const AXIS_COLUMNS = 7;

/** With so many open connections it takes 0.3 ms to add up what there is; with more that is done less often. */
const MANY = 256;

/** Rows of the line of open connections. */
const CONNECTION_ROWS = 2;

/** How much passes, of what, between whom: the picture of a session. */
export class OverviewPane implements Pane, Work {
  readonly hints: readonly KeyHint[] = [
    {
      key: '1 2 3',
      does: 'span',
      tells: 'Plot the last minute, the last ten minutes, or the whole session.',
    },
    { key: '↑↓', does: 'scroll', tells: 'Scroll, where there is more than the screen has room for.' },
  ];
  readonly #session: Session;
  readonly #sums: PacedSums;
  readonly #clock: () => number;
  readonly #history = new TrafficHistory();
  readonly #talkers: TopTalkers;
  readonly #findings: OverviewFindings;
  readonly #unwatch: () => void;
  readonly #tables: PacedLines;
  readonly #side: PacedLines;
  #span: number;
  #top = 0;
  /** Connections that are open, and the most there were since it was noted last. */
  #open = 0;
  #peak = 0;
  /** Nanoseconds of the session: of the last change that was told, and at which to note again. */
  #lastChange = 0;
  #nextNote = 0;

  /** `isLive`: now is another time than that of the last event, and what was last matters most. */
  constructor(session: Session, sums: PacedSums, clock: () => number, isLive = true) {
    this.#session = session;
    this.#sums = sums;
    this.#clock = clock;
    this.#span = isLive ? 0 : ALL;
    this.#talkers = new TopTalkers(session);
    this.#findings = new OverviewFindings(session);
    this.#tables = new PacedLines((columns) => tables(session, columns));
    this.#side = new PacedLines((columns) => this.#sideLines(columns));
    for (const _ of session.connections.open()) this.#open++;
    this.#unwatch = session.watch((change) => this.#take(change));
    this.tick();
  }

  /** A line of the last seconds and the rate now; empty where nothing passed. */
  get rate(): string {
    const { gross: rates } = this.#history.course(this.#clock(), RATE_SECONDS, RATE_SECONDS);
    const now = rates.at(-1) ?? 0;
    return rates.every((rate) => rate === 0) ? '' : `${sparkline(rates)} ${byteCount(now)}/s`;
  }

  /** Notes what passed since the last time. */
  tick(): void {
    this.#note(this.#session.now);
    this.#note(this.#clock()); // connections stay open when nothing passes
  }

  get progress(): number | undefined {
    return this.#talkers.progress;
  }

  work(until: number): boolean {
    return this.#talkers.work(until);
  }

  close(): void {
    this.#unwatch();
    this.#findings.close();
  }

  draw({ columns, rows }: Area): readonly StyledLine[] {
    this.tick();
    const lines = columns >= 2 * SIDE_COLUMNS ? this.#wide(columns, rows) : this.#narrow(columns, rows);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - rows));
    return lines.slice(this.#top, this.#top + rows);
  }

  press({ name }: Key): boolean {
    const span = ['1', '2', '3'].indexOf(name);
    if (span >= 0) this.#span = span;
    else if (name === 'down' || name === 'j') this.#top++;
    else if (name === 'up' || name === 'k') this.#top = Math.max(0, this.#top - 1);
    else return false;
    return true;
  }

  click(): void {}

  wheel(rows: number): void {
    this.#top = Math.max(0, this.#top + rows);
  }

  /** A file is read faster than it came to be: what passed is noted by the times it tells, not by when somebody looks. */
  #take(change: SessionChange): void {
    const { type } = change;
    if (type === 'connection-opened') this.#peak = Math.max(this.#peak, ++this.#open);
    else if (type === 'connection-closed') this.#open--;
    else if (type === 'exchange-closed') {
      this.#talkers.add(change.exchange);
      this.#findings.add(change.exchange);
    }
    const { now } = this.#session;
    // What is in the sums so far came before this change.
    if (now >= this.#nextNote && now > this.#lastChange) this.#note(this.#lastChange);
    this.#lastChange = now;
  }

  #note(at: number): void {
    const { weight } = this.#open > MANY ? this.#sums.now() : sumOfTotals(this.#session.totals());
    const open = Math.max(this.#peak, this.#open);
    this.#history.note(at, { gross: gross(weight), payload: weight.payload }, open);
    this.#peak = 0;
    this.#nextNote = at + this.#history.step;
  }

  /** The plot and the tables on the left, bars and hosts on the right. */
  #wide(columns: number, rows: number): StyledLine[] {
    const side = Math.max(SIDE_COLUMNS, Math.floor(columns * 0.36));
    const left = columns - side - 1;
    const plotRows = Math.max(4, Math.min(14, Math.floor(rows / 3)));
    const leftLines = [...this.#plots(left, plotRows), ...this.#tables.at(left)];
    const rightLines = this.#side.at(side);
    const all = Math.max(rows, leftLines.length, rightLines.length);
    return beside(leftLines, rightLines, { leftColumns: left, rows: all });
  }

  #narrow(columns: number, rows: number): StyledLine[] {
    const plotRows = Math.max(3, Math.min(8, Math.floor(rows / 4)));
    return [...this.#plots(columns, plotRows), ...this.#side.at(columns), ...this.#tables.at(columns)];
  }

  #plots(columns: number, rows: number): StyledLine[] {
    const { name, seconds } = SPANS[this.#span]!;
    const now = this.#clock();
    const width = Math.max(4, columns - AXIS_COLUMNS);
    const course = this.#history.course(now, seconds, width * 2);
    const legend = [piece('⣿ gross', 'head'), piece('⣿ its lower part: payload', 'payload')];
    const { size } = this.#session.connections;
    return [
      titleLine([`Throughput, ${name}`, ...legend], columns, true),
      ...throughput(course, width, rows),
      axis(seconds === undefined ? now / SECOND : seconds, width, seconds === undefined),
      titleLine(['Open connections', `${this.#open} now, ${size} in all`], columns, true),
      ...connectionLines(course, width),
    ];
  }

  #sideLines(columns: number): StyledLine[] {
    const { weight } = this.#sums.now();
    return [
      titleLine(['Bytes by class'], columns, true),
      ...shareBars(weight, columns),
      titleLine(['Bytes by transport'], columns, true),
      ...protocolBars(this.#session.totals(), columns),
      ...this.#findings.lines(columns),
      ...this.#hosts(columns, weight),
    ];
  }

  #hosts(columns: number, all: Readonly<Weight>): StyledLine[] {
    const top = this.#talkers.top(8);
    const room = Math.max(8, columns - 18);
    const titles = `${'gross'.padStart(6)}${'share'.padStart(6)}${'over'.padStart(6)}`;
    return [
      titleLine(['Top talkers'], columns, true),
      ...(top.length > 0 ? [[piece(' '.repeat(room)), piece(titles, 'dim')]] : []),
      ...top.map(({ host, weight }) => [
        piece(fitted(harmless(host), room)),
        piece(byteCount(gross(weight)).padStart(6)),
        piece(percentage(gross(all) === 0 ? undefined : gross(weight) / gross(all)).padStart(6), 'dim'),
        piece(percentage(overheadRatio(weight)).padStart(6), 'head'),
      ]),
    ];
  }
}

const SECOND = 1_000_000_000;

function tables(session: Session, columns: number): StyledLine[] {
  const polls = pollSummary(session, columns);
  return [
    titleLine(['Transports'], columns, true),
    ...summaryTable(session, columns).map((line) => cutLine(line, columns)),
    ...(polls.length > 0 ? [titleLine(['Polls'], columns, true), ...polls] : []),
  ];
}

function throughput({ gross: all, payload }: Course, width: number, rows: number): StyledLine[] {
  const largest = Math.max(1, ...all);
  const inner = braillePlot(payload, width, rows, largest);
  return braillePlot(all, width, rows, largest).map((line, row) => {
    const label = row === 0 ? `${byteCount(largest)}/s` : row === rows - 1 ? '0' : '';
    return [labelOf(label), ...overlaid(line, inner[row]!)];
  });
}

function connectionLines({ open }: Course, width: number): StyledLine[] {
  const most = Math.max(1, ...open);
  return braillePlot(open, width, CONNECTION_ROWS, most).map((line, row) => [
    labelOf(String(row === 0 ? most : 0)),
    piece(line, 'client'),
  ]);
}

function labelOf(text: string) {
  return piece(`${text.padStart(AXIS_COLUMNS - 1)} `, 'dim');
}

/** The times at both ends of a plot. */
function axis(seconds: number, width: number, isWhole: boolean): StyledLine {
  const length = timeSpan(seconds * SECOND);
  const [start, end] = isWhole ? ['0', length] : [`-${length}`, 'now'];
  return [labelOf(''), piece(`${start}${end.padStart(Math.max(0, width - start.length))}`, 'dim')];
}

/** One plot over another, which shows where the first is blank. */
function overlaid(back: string, front: string): StyledLine {
  const pieces: { text: string; tone: 'head' | 'payload' }[] = [];
  for (const [index, behind] of Array.from(back).entries()) {
    const isFront = front[index] !== '\u2800';
    const tone = isFront ? 'payload' : 'head';
    const text = isFront ? merged(behind, front[index]!) : behind;
    const last = pieces.at(-1);
    if (last?.tone === tone) last.text += text;
    else pieces.push({ text, tone });
  }
  return pieces;
}

function merged(one: string, other: string): string {
  return String.fromCharCode(one.charCodeAt(0) | other.charCodeAt(0));
}
