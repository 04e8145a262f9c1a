import { byteCount, percentage } from '../byte-count.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import { timeSpan } from '../time-span.ts';
import type { Reading } from './controls.ts';

const BAR_COLUMNS = 30;

/** How far a file is read, how fast, and how long that still takes. */
export function readingLine({ share, bytes, rate }: Reading, columns: number): StyledLine {
  const speed = `${byteCount(bytes)}, ${byteCount(rate)}/s`;
  if (share === undefined) return [piece(' reading '), piece(speed, 'dim')];
  const bar = Math.min(BAR_COLUMNS, Math.max(0, columns - 60));
  const full = Math.round(share * bar);
  const left = share > 0 && rate > 0 ? `, ${timeSpan(((bytes / share - bytes) / rate) * 1e9)} left` : '';
  return [
    piece(' reading '),
    piece('█'.repeat(full), 'payload'),
    piece('░'.repeat(bar - full), 'dim'),
    piece(` ${percentage(share)} `, 'strong'),
    piece(`${speed}${left}`, 'dim'),
  ];
}
