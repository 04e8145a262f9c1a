import type { Session } from '../../../session/session.ts';
import { byteCount } from '../../byte-count.ts';
import { displayWidth } from '../../display-width.ts';
import { harmless } from '../../harmless.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import { exchangeOf } from './subject-message.ts';
import type { Tab } from './tab.ts';
import { wrapped } from './wrapped.ts';

/** A field that takes this share of its head, and a hundred bytes, is worth a second look. */
const HEAVY_SHARE = 0.25;
const HEAVY_BYTES = 100;

const SIZE_COLUMNS = 7;

/** Heads as they were sent, with what each line costs. */
export const headTab: Tab = {
  name: 'Head',
  lines(session, about, columns) {
    const exchange = exchangeOf(session, about);
    const lines = exchange
      ? (['request', 'response'] as const).flatMap((which) =>
          headLines(session, exchange.number, which, columns),
        )
      : [];
    const shown = lines.length > 0 ? lines : [[piece('There is no head.', 'dim')]];
    return { length: shown.length, line: (index) => shown[index] ?? [] };
  },
};

function headLines(
  session: Session,
  exchange: number,
  which: 'request' | 'response',
  columns: number,
): StyledLine[] {
  const bytes = session.exchanges.head(exchange, which);
  if (!bytes) return [];
  const lines = bytes.toString('latin1').split(/(?<=\n)/);
  const title = [
    piece(which, which === 'request' ? 'client' : 'server'),
    piece(`  ${byteCount(bytes.length)}`, 'head'),
  ];
  return [title, ...lines.flatMap((line, index) => fieldLines(line, index === 0, bytes.length, columns)), []];
}

/** A line of a head: its bytes on the left, then its name and value. */
function fieldLines(line: string, isStart: boolean, headBytes: number, columns: number): StyledLine[] {
  const text = harmless(line.replace(/\r?\n$/, ''));
  if (text === '') return [];
  const isHeavy = !isStart && line.length >= HEAVY_BYTES && line.length >= headBytes * HEAVY_SHARE;
  const size = `${byteCount(line.length).padStart(SIZE_COLUMNS - 2)}  `;
  const colon = isStart ? -1 : text.indexOf(':');
  const named: StyledLine =
    colon < 0
      ? [piece(text, isStart ? 'strong' : 'plain')]
      : [piece(text.slice(0, colon + 1), 'name'), piece(text.slice(colon + 1))];
  const room = Math.max(8, columns - SIZE_COLUMNS);
  return wrapped(named, room, 2).map((shown, row) => [
    piece(row === 0 ? size : ' '.repeat(displayWidth(size)), isHeavy ? 'fault' : 'dim'),
    ...shown,
  ]);
}
