/**
 * The words of a union, each as its place in a list, which is what a row of numbers holds of it. A word of the union that is not in the
 * list is an error of types, which names it.
 */
export function wordList<Word>() {
  return <const Words extends readonly Word[]>(words: Words & AllOf<Word, Words>): readonly Word[] => words;
}

type AllOf<Word, Words extends readonly Word[]> = [Exclude<Word, Words[number]>] extends [never]
  ? unknown
  : { readonly missing: Exclude<Word, Words[number]> };
