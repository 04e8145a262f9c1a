import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import type { Controls } from '../views/inspector/controls.ts';
import { openInspector } from '../views/inspector/open-inspector.ts';
import type { ThemeName } from '../views/inspector/theme.ts';
import { Screen } from './screen.ts';

/** How a session is looked at. */
export interface Looks {
  readonly columns?: number;
  readonly rows?: number;
  readonly theme?: ThemeName;
  readonly colors?: number;
  readonly controls?: Partial<Controls>;
  /** Whether the screen knows the emoji of today. */
  readonly isOld?: boolean;
}

/** An inspector on a screen. */
export interface Inspected extends Disposable {
  readonly screen: Screen;
  tell(words: string, isTrouble: boolean): void;
}

/** Shows a session on a screen of 120 columns and 40 rows, unless asked for others. */
export async function inspected(session: Session, looks: Looks = {}): Promise<Inspected> {
  const { columns = 120, rows = 40, theme = 'dark', colors = 256, isOld = false } = looks;
  const screen = new Screen(columns, rows, { isOld });
  const controls = { title: 'test', now: () => 0, quit: () => {}, ...looks.controls };
  const { input, output } = screen;
  const inspector = await openInspector(session, controls, { input, output, theme, colors });
  return {
    screen,
    tell: (words, isTrouble) => inspector.tell(words, isTrouble),
    [Symbol.dispose]: () => inspector.close(),
  };
}

/** The same with a capture, looked at when it ends. */
export async function inspectedCapture(file: string, looks: Looks = {}): Promise<Inspected> {
  const session = new Session();
  const { endedAt } = await readCaptureInto(session, file, {});
  const title = file.split('/').at(-1) ?? file;
  const shown = await inspected(session, {
    ...looks,
    controls: { title, now: () => endedAt, ...looks.controls },
  });
  await shown.screen.shows('Exchanges');
  return shown;
}
