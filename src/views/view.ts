import type { Filter } from '../analysis/filter/filter.ts';
import { filteredSums } from '../analysis/filter/filtered-sums.ts';
import { ShownChanges } from '../analysis/filter/shown-changes.ts';
import type { ShownExchanges } from '../analysis/filter/shown-exchanges.ts';
import type { PollSeries } from '../session/polling/series.ts';
import type { Losses, Session, SessionChange } from '../session/session.ts';
import type { SessionSums } from '../session/session-sums.ts';
import { byteCount } from './byte-count.ts';
import { harmless } from './harmless.ts';
import { changeJson, jsonText, pollSeriesLines, summaryJson } from './json-lines.ts';
import { LineWriter } from './line-writer.ts';
import { changeLine } from './lines.ts';
import { networkTable } from './network-table.ts';
import { chalkPainter } from './paint-chalk.ts';
import { PollFooter } from './poll-footer.ts';
import { pollLine, pollSummary } from './poll-line.ts';
import { PollPace } from './poll-pace.ts';
import { cutLine, piece, type StyledLine } from './styled-line.ts';
import { summaryTable, tlsUnknownLines } from './summary-table.ts';
import { unopenedLines } from './unopened-lines.ts';

export type ViewName = 'lines' | 'json' | 'none';

/** Something that shows a session while it runs, and what it came to at its end. */
export interface View {
  /** Resolves, with the reason, when its output can be written no more: mostly as nobody reads it. */
  readonly gone: Promise<Error>;
  /** Shows the summary; resolves once all is written. */
  finish(at: number): Promise<void>;
}

/** What of a session is shown. */
export interface Showing {
  readonly filter: Filter;
  /** The exchanges that fit it, where they are known beforehand. */
  readonly known?: ShownExchanges;
}

/** Starts to show `session`, or a part of it, on `output`. */
export async function openView(
  name: ViewName,
  session: Session,
  output: NodeJS.WriteStream,
  showing?: Showing,
): Promise<View> {
  if (output.isTTY) neverBlock(output);
  return name === 'json'
    ? jsonView(session, output, showing)
    : linesView(session, output, name === 'lines', showing);
}

/** Calls `show` at each change that is to be shown. */
function watch(session: Session, showing: Showing | undefined, show: (change: SessionChange) => void): void {
  const shown = showing && new ShownChanges(session, showing.filter, showing.known);
  session.watch((change) => {
    if (!shown || shown.has(change)) show(change);
  });
}

function sumsOf(session: Session, showing: Showing | undefined): SessionSums {
  return showing ? filteredSums(session, showing.filter) : session;
}

function jsonView(session: Session, output: NodeJS.WriteStream, showing: Showing | undefined): View {
  let at: unknown;
  const writer = new LineWriter(output, (lines) => jsonText({ v: 1, type: 'left-out', at, lines }));
  watch(session, showing, (change) => {
    const line = changeJson(session, change);
    if (!line) return;
    at = line.at;
    writer.write(jsonText(line));
  });
  return {
    gone: writer.gone,
    finish: (now) => {
      const sums = sumsOf(session, showing);
      return writer.finish([...pollSeriesLines(sums, now), summaryJson(sums, now)].map(jsonText));
    },
  };
}

async function linesView(
  session: Session,
  output: NodeJS.WriteStream,
  showsMessages: boolean,
  showing: Showing | undefined,
): Promise<View> {
  const { default: chalk, Chalk } = await import('chalk');
  const paint = chalkPainter(output.isTTY && !process.env.NO_COLOR ? chalk : new Chalk({ level: 0 }));
  const writer = new LineWriter(output, (lines) =>
    paint([piece(`… ${lines} lines left out: this output is slower than the traffic`, 'fault')]),
  );
  const columns = () => (output.isTTY ? output.columns || TERMINAL_COLUMNS : PIPE_COLUMNS);
  const paintCut = (line: StyledLine) => paint(cutLine(line, columns()));
  if (showsMessages) {
    const showPoll = pollShower(writer, output.isTTY, (series, at) =>
      paintCut(pollLine(session, series, at, columns())),
    );
    watch(session, showing, (change) => {
      if (change.type === 'polled') return showPoll(change.series, change.exchange.closedAt ?? 0);
      const line = changeLine(session, change, columns());
      if (line) writer.write(paintCut(line));
    });
  }
  return {
    gone: writer.gone,
    finish: () => {
      const lines = summary(sumsOf(session, showing), columns());
      return writer.finish([...(showsMessages ? [''] : []), ...lines.map(paint)]);
    },
  };
}

/** What shows that a poll series has something new: at the bottom of a terminal, or as a line every so often. */
function pollShower(
  writer: LineWriter,
  isTerminal: boolean,
  lineOf: (series: PollSeries, at: number) => string,
): (series: PollSeries, at: number) => void {
  if (!isTerminal) {
    const pace = new PollPace();
    return (series, at) => {
      if (pace.isDue(series, at)) writer.write(lineOf(series, at));
    };
  }
  const footer = new PollFooter();
  return (series, at) => {
    const gone = footer.polled(series, at);
    writer.setFooter(Array.from(footer.shown, ([shown, heardAt]) => lineOf(shown, heardAt)));
    for (const one of gone) writer.write(lineOf(one, at));
  };
}

/** Of a terminal that does not know its width: some report 0. */
const TERMINAL_COLUMNS = 80;

/** Where nobody says how wide a line may be. */
const PIPE_COLUMNS = 200;

function summary(session: SessionSums, columns: number): StyledLine[] {
  const blocks = [networkTable(session), unopenedLines(session), pollSummary(session, columns)];
  return [
    ...summaryTable(session, columns),
    ...tlsUnknownLines(session),
    ...blocks.flatMap((block) => (block.length > 0 ? [[], ...block] : [])),
    ...(session.faultCount > 0 ? [[piece(faultCount(session), 'fault')]] : []),
    ...lossWords(session.losses()).map((words) => [piece(words, 'fault')]),
  ];
}

function lossWords({ bytes, messages, exchanges, heads, names, connections, why }: Losses): string[] {
  if (why === undefined) return [];
  const rows = messages + exchanges > 0 ? `, ${messages} messages and ${exchanges} exchanges` : '';
  const facts = [
    ...(heads > 0 ? [`, ${byteCount(heads)} of heads`] : []),
    ...(names > 0 ? [`, ${byteCount(names)} of event types and ids`] : []),
    ...(connections > 0 ? [`, ${byteCount(connections)} of what connections were`] : []),
  ];
  return [`not kept: ${byteCount(bytes)} of payload${facts.join('')}${rows}: ${why}; all was weighed`];
}

function faultCount({ faultCount, faults }: SessionSums): string {
  const first = faults[0];
  return `${faultCount} fault${faultCount === 1 ? '' : 's'}, the first: ${harmless(first?.detail ?? '')} (${first?.rule ?? ''})`;
}

/**
 * Node waits for a terminal at each write, and all traffic with it where somebody pressed ctrl-S. There is no public way
 * to have it not wait.
 */
function neverBlock(terminal: NodeJS.WriteStream): void {
  const { _handle: handle } = terminal as { _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(false);
}
