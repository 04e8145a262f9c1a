import { gross, overheadRatio, type Weight } from '../../../session/ledger.ts';
import type { Session, SessionChange } from '../../../session/session.ts';
import { sumOfTotals } from '../../../session/totals.ts';
import { byteCount, percentage } from '../../byte-count.ts';
import { fitted } from '../../display-width.ts';
import { harmless } from '../../harmless.ts';
import { pollSummary } from '../../poll-line.ts';
import { cutLine, piece, type StyledLine } from '../../styled-line.ts';
import { summaryTable } from '../../summary-table.ts';
import type { Key, KeyHint } from '../key.ts';
import { beside } from '../layout.ts';
import type { Area, Pane } from '../pane.ts';
import { titleLine } from '../title-line.ts';
import { braillePlot, sparkline } from './braille-plot.ts';
import { shareBars } from './share-bars.ts';
import { TopTalkers } from './top-talkers.ts';
import { TrafficHistory } from './traffic-history.ts';

/** Spans of time that the plot may show. */
const SPANS = [
  { name: 'last minute', seconds: 60 },
  { name: 'last ten minutes', seconds: 600 },
  { name: 'all of it', seconds: undefined },
] as const;

/** Seconds of the line in the title. */
const RATE_SECONDS = 8;

const SIDE_COLUMNS = 48;
const AXIS_COLUMNS = 7;

/** How much passes, of what, between whom: the picture of a session. */
export class OverviewPane implements Pane {
  readonly hints: readonly KeyHint[] = [
    {
      key: '1 2 3',
      does: 'span',
      tells: 'Plot the last minute, the last ten minutes, or the whole session.',
    },
    { key: '↑↓', does: 'scroll', tells: 'Scroll, where there is more than the screen has room for.' },
  ];
  readonly #session: Session;
  readonly #clock: () => number;
  readonly #history = new TrafficHistory();
  readonly #talkers: TopTalkers;
  readonly #unwatch: () => void;
  #span = 0;
  #top = 0;

  constructor(session: Session, clock: () => number) {
    this.#session = session;
    this.#clock = clock;
    this.#talkers = new TopTalkers(session);
    this.#unwatch = session.watch((change) => this.#take(change));
    for (const exchange of session.exchanges) this.#talkers.add(exchange);
    this.tick();
  }

  /** A line of the last seconds and the rate now; empty where nothing passed. */
  get rate(): string {
    const { gross: rates } = this.#history.rates(this.#clock(), RATE_SECONDS, RATE_SECONDS);
    const now = rates.at(-1) ?? 0;
    return rates.every((rate) => rate === 0) ? '' : `${sparkline(rates)} ${byteCount(now)}/s`;
  }

  /** Notes what passed since the last time. */
  tick(): void {
    const { weight } = sumOfTotals(this.#session.totals());
    this.#history.note(this.#clock(), { gross: gross(weight), payload: weight.payload });
  }

  close(): void {
    this.#unwatch();
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

  #take(change: SessionChange): void {
    if (change.type === 'exchange-closed') this.#talkers.add(change.exchange);
  }

  /** The plot and the tables on the left, bars and hosts on the right. */
  #wide(columns: number, rows: number): StyledLine[] {
    const left = columns - SIDE_COLUMNS - 1;
    const plotRows = Math.max(4, Math.min(12, Math.floor(rows / 3)));
    const leftLines = [...this.#plot(left, plotRows), ...this.#tables(left)];
    const rightLines = this.#side(SIDE_COLUMNS);
    const all = Math.max(rows, leftLines.length, rightLines.length);
    return beside(leftLines, rightLines, { leftColumns: left, rows: all });
  }

  #narrow(columns: number, rows: number): StyledLine[] {
    const plotRows = Math.max(3, Math.min(8, Math.floor(rows / 4)));
    return [...this.#plot(columns, plotRows), ...this.#side(columns), ...this.#tables(columns)];
  }

  #plot(columns: number, rows: number): StyledLine[] {
    const { name, seconds } = SPANS[this.#span]!;
    const now = this.#clock();
    const width = Math.max(4, columns - AXIS_COLUMNS);
    const rates = this.#history.rates(now, seconds ?? Math.max(1, now / 1e9), width * 2);
    const largest = Math.max(1, ...rates.gross);
    const whole = braillePlot(rates.gross, width, rows, largest);
    const inner = braillePlot(rates.payload, width, rows, largest);
    return [
      titleLine([`Throughput, ${name}`, piece('gross', 'head'), piece('payload', 'payload')], columns, true),
      ...whole.map((line, row) => {
        const label = row === 0 ? `${byteCount(largest)}/s` : row === rows - 1 ? '0' : '';
        return [piece(label.padStart(AXIS_COLUMNS - 1), 'dim'), piece(' '), ...overlaid(line, inner[row]!)];
      }),
    ];
  }

  #tables(columns: number): StyledLine[] {
    const polls = pollSummary(this.#session, columns);
    return [
      titleLine(['Transports'], columns, true),
      ...summaryTable(this.#session, columns).map((line) => cutLine(line, columns)),
      ...(polls.length > 0 ? [titleLine(['Polls'], columns, true), ...polls] : []),
    ];
  }

  #side(columns: number): StyledLine[] {
    const { weight } = sumOfTotals(this.#session.totals());
    return [
      titleLine(['Bytes by class'], columns, true),
      ...shareBars(weight, columns),
      ...this.#hosts(columns, weight),
      ...this.#connections(columns),
      ...this.#faults(columns),
    ];
  }

  #hosts(columns: number, all: Readonly<Weight>): StyledLine[] {
    const top = this.#talkers.top(8);
    const room = Math.max(8, columns - 20);
    return [
      titleLine(['Top talkers'], columns, true),
      ...top.map(({ host, weight }) => [
        piece(fitted(harmless(host), room)),
        piece(byteCount(gross(weight)).padStart(6)),
        piece(percentage(gross(all) === 0 ? undefined : gross(weight) / gross(all)).padStart(6), 'dim'),
        piece(percentage(overheadRatio(weight)).padStart(6), 'head'),
      ]),
    ];
  }

  #connections(columns: number): StyledLine[] {
    let open = 0;
    for (const _ of this.#session.connections.open()) open++;
    const words = `${open} open of ${this.#session.connections.size}`;
    return [titleLine(['Connections'], columns, true), [piece(words)]];
  }

  #faults(columns: number): StyledLine[] {
    if (this.#session.faultCount === 0) return [];
    const byRule = new Map<string, number>();
    for (const { rule } of this.#session.faults) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    const rules = [...byRule].sort(([, one], [, other]) => other - one).slice(0, 6);
    return [
      titleLine([`Faults ─ ${this.#session.faultCount}`], columns, true),
      ...rules.map(([rule, count]) => [piece(`! ${count}× `, 'fault'), piece(harmless(rule))]),
    ];
  }
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
