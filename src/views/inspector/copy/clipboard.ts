const OSC_52 = '\u001b]52;c;';
const BELL = '\u0007';

/**
 * What makes a terminal put a text on the clipboard (OSC 52, as in xterm's control sequences); inside tmux it is wrapped, so
 * that tmux hands it on.
 */
export function clipboardSequence(text: string, isTmux: boolean): string {
  const sequence = `${OSC_52}${Buffer.from(text).toString('base64')}${BELL}`;
  return isTmux ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\` : sequence;
}
