import fc from 'fast-check';

/** A head's fields in an odd but legal spelling and order. */
export interface FieldsRecipe {
  readonly spelling: 'as it is' | 'lower' | 'upper';
  /** Between the colon and a value. */
  readonly gap: string;
  /** Field lines that mean nothing here. */
  readonly lines: readonly string[];
  /** How many lines of the section are moved to its end. */
  readonly turn: number;
}

type NamedField = readonly [name: string, value: string];

/** Names that a trailer section may have too. */
const NAMES = ['X-A', 'x-a', 'ETag', "X_1.~!#$%&'*+^`|"];
const HEAD_NAMES = ['cookie', 'Set-Cookie', 'ACCEPT'];

/** Field lines (RFC 9112 section 5): white space around a value, obs-text in it. */
function fieldLines(...names: readonly string[]): fc.Arbitrary<string[]> {
  const value = fc.string({
    unit: fc.constantFrom('a', '1', ' ', '\t', ':', ',', '"', '\xe9', '\xff'),
    maxLength: 12,
  });
  const line = fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom(': ', ':', ':\t '),
      value,
      fc.constantFrom('', ' ', '\t'),
    )
    .map((parts) => `${parts.join('')}\r\n`);
  return fc.array(line, { maxLength: 3 });
}

export const trailerLines = fieldLines(...NAMES);

export const fieldsRecipe: fc.Arbitrary<FieldsRecipe> = fc.record({
  spelling: fc.constantFrom('as it is', 'lower', 'upper'),
  gap: fc.constantFrom(' ', '', ' \t'),
  lines: fieldLines(...NAMES, ...HEAD_NAMES),
  turn: fc.nat(5),
});

/** A field section with these fields in it, through its blank line. */
export function fieldSection(
  { spelling, gap, lines, turn }: FieldsRecipe,
  own: readonly NamedField[],
): string {
  const all = [...own.map(([name, value]) => `${spelled(name, spelling)}:${gap}${value}\r\n`), ...lines];
  const first = all.length === 0 ? 0 : turn % all.length;
  return `${[...all.slice(first), ...all.slice(0, first)].join('')}\r\n`;
}

function spelled(name: string, spelling: FieldsRecipe['spelling']): string {
  if (spelling === 'as it is') return name;
  return spelling === 'lower' ? name.toLowerCase() : name.toUpperCase();
}
