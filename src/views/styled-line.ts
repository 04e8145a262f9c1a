import { beginning, displayWidth } from './display-width.ts';

/** What a piece of text means; each painter decides how that looks. Byte classes have the same colour in every view. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'client'
  | 'server'
  | 'head'
  | 'framing'
  | 'control'
  | 'tls'
  | 'payload'
  | 'undecoded'
  | 'fault'
  /** Parts of JSON. */
  | 'name'
  | 'string'
  | 'number'
  | 'word';

/** What lies behind a piece of text on a screen: where the user is, what was looked for, a bar across the screen. */
export type Ground = 'cursor' | 'selected' | 'match' | 'bar';

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
  /** None for most; only screens paint it. */
  readonly ground?: Ground;
}

/** One line of a view, before anything is known of the terminal that shows it. Its text is harmless already. */
export type StyledLine = readonly Piece[];

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone };
}

/** The pieces that fit into `columns`, the last of them cut. Faults are never cut: they tell what to do. */
export function cutLine(line: StyledLine, columns: number): StyledLine {
  let room = columns;
  return line.flatMap((part) => {
    if (part.tone === 'fault') return part;
    const text = beginning(part.text, room);
    room -= displayWidth(text);
    return text === '' ? [] : { ...part, text };
  });
}
