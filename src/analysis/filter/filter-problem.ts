/** Why a text is no filter. */
export interface FilterProblem {
  /** What is wrong, and what would be right. */
  readonly problem: string;
  /** Where in the text, in UTF-16 units, and how many: at most to its end. */
  readonly at: number;
  readonly length: number;
}

export function isProblem(value: object): value is FilterProblem {
  return 'problem' in value;
}
