/** What a piece of text means; each painter decides how that looks. */
export type Tone = 'plain' | 'dim' | 'client' | 'server' | 'head' | 'payload' | 'fault' | 'strong';

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of a view, before anything is known of the terminal that shows it. Its text is harmless already. */
export type StyledLine = readonly Piece[];

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone };
}
