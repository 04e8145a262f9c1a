import type { Filter } from '../../analysis/filter/filter.ts';
import type { Session } from '../../session/session.ts';
import { Background } from './background.ts';
import type { Controls } from './controls.ts';
import { FramePace } from './frame-pace.ts';
import { Inspector } from './inspector.ts';
import { openTerminal, type TerminalOptions } from './terminal.ts';

/** Where the inspector is shown, and what of the session at its start. */
export interface InspectorOptions extends TerminalOptions {
  readonly filter?: Filter | undefined;
}

/** An inspector on a terminal, until it is closed. */
export interface OpenInspector {
  /** Words for the user that belong to no traffic: a disk is full, a port is taken. */
  tell(words: string, isTrouble: boolean): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** Milliseconds between two looks at the clock: ages, rates and plots go on when nothing passes. */
const TICK = 1000;

/** Shows `session` on a terminal, and lets the user act by `controls`. */
export async function openInspector(
  session: Session,
  controls: Controls,
  options: InspectorOptions,
): Promise<OpenInspector> {
  const inspector = new Inspector(session, controls, () => pace.changed(), options.filter);
  const pace = new FramePace(paint);
  const background = new Background(
    (until) => inspector.work(until),
    () => pace.changed(),
  );
  /** Whether something happened since the last frame that there may be work to do for; a frame alone is no reason. */
  let isNews = true;
  const terminal = await openTerminal(options, {
    pressed(key) {
      if (key.name === 'C-l') terminal.forget();
      inspector.press(key);
      answer();
    },
    moused(action) {
      inspector.moused(action);
      answer();
    },
    resized: answer,
  });
  const unwatch = session.watch(changed);
  const ticks = setInterval(tick, TICK);
  answer();

  function answer(): void {
    isNews = true;
    pace.answer();
  }

  function changed(): void {
    isNews = true;
    if (!inspector.isPaused) pace.changed();
  }

  function tick(): void {
    inspector.tick();
    changed();
  }

  function paint(): void {
    if (!terminal.isReady) return pace.changed();
    terminal.paint(inspector.frame({ columns: terminal.columns, rows: terminal.rows }));
    const sequence = inspector.takeSequence();
    if (sequence !== undefined) terminal.send(sequence);
    if (isNews) background.wake();
    isNews = false;
  }

  return {
    tell: (words, isTrouble) => inspector.tell(words, isTrouble),
    close() {
      clearInterval(ticks);
      unwatch();
      pace.stop();
      background.stop();
      inspector.close();
      terminal.close();
    },
  };
}
