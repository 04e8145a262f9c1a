import { beginning, displayWidth } from '../display-width.ts';
import { cutLine, type Piece, piece, type StyledLine } from '../styled-line.ts';

/** A rule across `columns` with titles in it, and `right` at its end where there is room: `─ sse #14 ─ 88 events ──── 2 new ▼ ─`. */
export function titleLine(
  titles: readonly (string | Piece)[],
  columns: number,
  isFocused: boolean,
  right = '',
): StyledLine {
  const tone = isFocused ? 'strong' : 'dim';
  const start = titles.flatMap((title, index) => [
    piece(index === 0 ? '─ ' : ' ─ ', 'dim'),
    typeof title === 'string' ? piece(title, tone) : title,
  ]);
  const line = cutLine([...start, piece(' ', 'dim')], columns);
  const room = Math.max(0, columns - widthOf(line));
  const end = right === '' || displayWidth(right) + 4 > room ? '' : ` ${right} ─`;
  return [
    ...line,
    piece('─'.repeat(room - displayWidth(end)), 'dim'),
    piece(beginning(end, room), isFocused ? 'plain' : 'dim'),
  ];
}

/** Terminal columns of a line. */
export function widthOf(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** The line in exactly `columns`: cut, or filled up with spaces. */
export function inColumns(line: StyledLine, columns: number): StyledLine {
  const cut = cutHard(line, columns);
  const room = columns - widthOf(cut);
  return room > 0 ? [...cut, piece(' '.repeat(room))] : cut;
}

/** The line with `ground` behind all of it that has none. */
export function onGround(line: StyledLine, ground: NonNullable<Piece['ground']>): StyledLine {
  return line.map((part) => (part.ground === undefined ? { ...part, ground } : part));
}

/** Cut whatever it says: beside it stands another pane. */
function cutHard(line: StyledLine, columns: number): StyledLine {
  let room = columns;
  return line.flatMap((part) => {
    const text = beginning(part.text, room);
    room -= displayWidth(text);
    return text === '' ? [] : { ...part, text };
  });
}
