import type { Session } from '../../../session/session.ts';
import { harmless } from '../../harmless.ts';
import { timeOfDay } from '../../line-columns.ts';
import { cutLine, piece, type StyledLine } from '../../styled-line.ts';
import { timeSpan } from '../../time-span.ts';
import type { Key, KeyHint } from '../key.ts';
import type { Area, Pane } from '../pane.ts';
import type { Subject } from '../subject.ts';
import { inColumns, onGround, titleLine } from '../title-line.ts';
import { Viewport } from '../viewport.ts';
import { moved } from '../viewport-keys.ts';
import { type Finding, Findings } from './findings.ts';

/** What is wrong with the traffic: rules that peers broke, connections that failed, polls that brought nothing. */
export class FindingsPane implements Pane {
  readonly hints: readonly KeyHint[] = [
    { key: '↑↓', does: 'move', tells: 'Up and down; also j k, PgUp PgDn, g, G.' },
    {
      key: '⏎',
      does: 'go there',
      tells: 'Look at the exchange where it happened; on a group: fold it, or unfold it.',
    },
  ];
  readonly #session: Session;
  readonly #findings: Findings;
  readonly #viewport = new Viewport();
  #chosen: Subject | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#findings = new Findings(session);
  }

  close(): void {
    this.#findings.close();
  }

  /** What the user wants to go to, once. */
  takeChosen(): Subject | undefined {
    const chosen = this.#chosen;
    this.#chosen = undefined;
    return chosen;
  }

  draw({ columns, rows }: Area, isFocused: boolean): readonly StyledLine[] {
    this.#findings.refresh();
    const { length } = this.#findings;
    const seen = Math.max(0, rows - 1);
    this.#viewport.fit(length, seen);
    const { top } = this.#viewport;
    const shown = Array.from({ length: Math.max(0, Math.min(seen, length - top)) }, (_, row) => {
      const finding = this.#findings.at(top + row);
      const line = cutLine(finding ? this.#line(finding, columns) : [], columns);
      return top + row === this.#viewport.cursor ? onGround(inColumns(line, columns), 'cursor') : line;
    });
    const { faultCount } = this.#session;
    const title = titleLine(
      ['Findings', `${faultCount} fault${faultCount === 1 ? '' : 's'}`],
      columns,
      isFocused,
    );
    return length > 0 ? [title, ...shown] : [title, [piece(' Nothing is wrong so far.', 'dim')]];
  }

  press(key: Key): boolean {
    if (moved(this.#viewport, key)) return true;
    if (key.name !== 'enter') return false;
    const finding = this.#findings.at(this.#viewport.cursor);
    if (finding?.type === 'group') this.#findings.fold(finding.name);
    else if (finding && finding.type !== 'more') this.#chosen = this.#subjectOf(finding);
    return true;
  }

  click(row: number): void {
    if (row > 0) this.#viewport.goTo(this.#viewport.top + row - 1);
  }

  wheel(rows: number): void {
    this.#viewport.move(rows);
  }

  #subjectOf(finding: Exclude<Finding, { type: 'group' | 'more' }>): Subject | undefined {
    if (finding.type === 'failure') return { type: 'failure', number: finding.connection };
    if (finding.type === 'waste') return { type: 'series', number: finding.series };
    const exchange = this.#session.faults[finding.index]?.exchange;
    return exchange === undefined ? undefined : { type: 'exchange', number: exchange };
  }

  #line(finding: Finding, columns: number): StyledLine {
    switch (finding.type) {
      case 'group':
        return [
          piece(finding.isFolded ? ' ▸ ' : ' ▾ ', 'dim'),
          piece(`${finding.count}× `, 'fault'),
          piece(harmless(finding.name), 'strong'),
        ];
      case 'fault':
        return this.#fault(finding.index, columns);
      case 'failure':
        return this.#failure(finding.connection);
      case 'more':
        return [piece(`     and ${finding.count} more, which are counted and not kept`, 'dim')];
      case 'waste':
        return this.#waste(finding.series);
    }
  }

  #fault(index: number, columns: number): StyledLine {
    const fault = this.#session.faults[index];
    if (!fault) return [];
    const where = fault.exchange === undefined ? `connection ${fault.connection}` : `#${fault.exchange}`;
    const line = [
      piece(`     ${timeOfDay(this.#session.epoch, fault.at)} ${where.padEnd(6)} `, 'dim'),
      piece(fault.from === 'client' ? '▲ ' : '▼ ', fault.from),
      piece(harmless(fault.detail)),
      piece(`  at byte ${fault.start}`, 'dim'),
    ];
    return cutLine(line, columns);
  }

  #failure(number: number): StyledLine {
    const connection = this.#session.connections.get(number);
    if (!connection?.failure) return [];
    return [
      piece(`     ${timeOfDay(this.#session.epoch, connection.openedAt)} `, 'dim'),
      piece(harmless(`${connection.failure.message} [${connection.failure.code}]`)),
    ];
  }

  #waste(number: number): StyledLine {
    const series = this.#session.pollSeries[number - 1];
    if (!series) return [];
    const { wasted, polls, host, resource, cadence } = series;
    const pace = cadence === undefined ? '' : `, one each ${timeSpan(cadence)}`;
    return [
      piece(`     ${wasted} of ${polls} polls brought nothing${pace}  `, 'head'),
      piece(harmless(`${host}${resource}`), 'dim'),
    ];
  }
}
