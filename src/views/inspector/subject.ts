/** What a row of the exchanges stands for. */
export type Subject =
  | { readonly type: 'exchange'; readonly number: number }
  /** A poll series, with all of its exchanges. */
  | { readonly type: 'series'; readonly number: number }
  /** A connection that never came to be, by its number. */
  | { readonly type: 'failure'; readonly number: number };

export function isSameSubject(one: Subject | undefined, other: Subject | undefined): boolean {
  return one?.type === other?.type && one?.number === other?.number;
}
