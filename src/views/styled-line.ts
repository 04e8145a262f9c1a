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
  | 'fault';

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
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
