/** One character of two bytes that is no emoji: of these, all terminals have the same opinion. */
const UNDISPUTED = /^(?!\p{Extended_Pictographic})[\0-\uffff]$/u;

/** What makes an emoji of a character, or a shade of one: some terminals draw it as a character of its own. */
const VARIANTS = /[\ufe0e\ufe0f]|(?<=.)\p{Emoji_Modifier}/gu;

const FLAG = /^\p{Regional_Indicator}+$/u;
const FIRST_INDICATOR = 0x1f1e6;

/**
 * A grapheme cluster so that it takes `width` columns on each terminal: they differ in how wide emoji are and which characters
 * join. Its columns are blanked first, and the cursor is put behind them afterwards (CHA, ECMA-48 section 8.3.9).
 */
export function cellText(cluster: string, column: number, width: number): string {
  if (UNDISPUTED.test(cluster)) return cluster;
  const plain = FLAG.test(cluster) ? lettersOf(cluster) : cluster.replace(VARIANTS, '');
  return `${' '.repeat(width)}${toColumn(column)}${plain}${toColumn(column + width)}`;
}

/** A flag is the two letters of its country, which each font has. */
function lettersOf(flag: string): string {
  return Array.from(flag, (letter) =>
    String.fromCharCode(65 + (letter.codePointAt(0) ?? FIRST_INDICATOR) - FIRST_INDICATOR),
  ).join('');
}

function toColumn(column: number): string {
  return `\u001b[${column + 1}G`;
}
