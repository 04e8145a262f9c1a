/** Characters that could move the cursor, ring the bell, reverse the reading direction or hide what stands there. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text off the wire as one line which cannot steer a terminal: line ends and tabs as spaces, the rest as dots. */
export function harmless(text: string): string {
  return text.replace(/\r\n|[\r\n\t]/g, ' ').replace(UNSAFE, '·');
}
