import type { Filter } from '../analysis/filter/filter.ts';
import type { Session } from '../session/session.ts';
import type { Controls } from '../views/inspector/controls.ts';
import { openInspector } from '../views/inspector/open-inspector.ts';
import type { ThemeName } from '../views/inspector/theme.ts';
import { openView, type View } from '../views/view.ts';
import { wordsAside } from './words-aside.ts';

/** What the inspector is to look like, and to show at its start. */
export interface InspectorWish {
  readonly theme: 'auto' | 'dark' | 'light';
  readonly filter: Filter | undefined;
}

/** True where the inspector has what it needs: a terminal to paint on, and keys. */
export function hasTerminal(): boolean {
  return Boolean(process.stdout.isTTY && process.stdin.isTTY) && process.env.TERM !== 'dumb';
}

/**
 * Shows a session in the inspector; the summary is printed when that is closed. What is written to stderr meanwhile is shown
 * in it, and printed afterwards.
 */
export async function openInspectorView(
  session: Session,
  controls: Controls,
  { theme, filter }: InspectorWish,
): Promise<View> {
  const { default: chalk } = await import('chalk');
  const summary = await openView('none', session, process.stdout, filter && { filter });
  const isColored = chalk.level > 0 && !process.env.NO_COLOR;
  const inspector = await openInspector(session, controls, {
    input: process.stdin,
    output: process.stdout,
    theme: isColored ? themeOf(theme) : 'none',
    colors: chalk.level >= 2 ? 256 : 16,
    filter,
  });
  const putBack = wordsAside((words) => inspector.tell(words, true));
  const close = () => inspector.close();
  process.once('exit', close); // whatever ends the process, the terminal is left as it was found
  return {
    gone: summary.gone,
    async finish(at) {
      process.off('exit', close);
      inspector.close();
      putBack();
      await summary.finish(at);
    },
  };
}

/** Some terminals tell their colours in COLORFGBG: `0;15` is black on white. */
function themeOf(wish: InspectorWish['theme']): ThemeName {
  if (wish !== 'auto') return wish;
  const background = Number(process.env.COLORFGBG?.split(';').at(-1));
  return background === 7 || background === 15 ? 'light' : 'dark';
}
