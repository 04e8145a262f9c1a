import type { Session } from '../../session/session.ts';
import type { Controls, RecordingControls } from './controls.ts';
import { clipboardSequence } from './copy/clipboard.ts';
import { copyChoices, copyOf } from './copy/copies.ts';
import type { DetailSubject } from './detail/tab.ts';
import type { Overlay } from './inspector.ts';
import type { Key } from './key.ts';
import type { MainScreen } from './main-screen.ts';
import { Menu, Question } from './menu.ts';
import type { Notices } from './notices.ts';
import { Prompt } from './prompt.ts';
import type { Subject } from './subject.ts';

/** Exchanges that are saved at a time: a series may have a million. */
const MOST_SAVED = 100_000;

/** What the user does to the traffic and with it: each begins with a key, and asks what it needs to know. */
export class Actions {
  readonly #session: Session;
  readonly #controls: Controls;
  readonly #notices: Notices;
  #sequence: string | undefined;

  constructor(session: Session, controls: Controls, notices: Notices) {
    this.#session = session;
    this.#controls = controls;
    this.#notices = notices;
  }

  /** Text to send to the terminal as it is, once. */
  takeSequence(): string | undefined {
    const sequence = this.#sequence;
    this.#sequence = undefined;
    return sequence;
  }

  /** What the key begins, if that asks for something. */
  begin({ name }: Key, main: MainScreen): Overlay | undefined {
    switch (name) {
      case 'q':
        return this.#quit();
      case 'C':
        return ask('Hide all that is there now? It is kept, and weighed on.', () => main.exchanges.clear());
      case 'x':
        return this.#kill(main.exchanges.selected);
      case 'y':
        return this.#copy(main.selected);
      case 'w':
        return this.#save(main.exchanges.selected);
      case 'r':
        return this.#record();
      default:
        return undefined;
    }
  }

  #quit(): Overlay | undefined {
    const isLive = this.#controls.proxy !== undefined && this.#session.connections.size > 0;
    if (!isLive) this.#controls.quit();
    return isLive ? ask('End tare, and all connections through it?', () => this.#controls.quit()) : undefined;
  }

  #kill(subject: Subject | undefined): Overlay | undefined {
    const { kill } = this.#controls;
    const exchange = subject?.type === 'exchange' ? this.#session.exchanges.get(subject.number) : undefined;
    if (!kill) return this.#told('there is nothing to end in a file');
    if (!exchange) return this.#told('choose one exchange: what is to be ended is its connection');
    if (this.#session.connections.get(exchange.connection)?.closedAt !== undefined) {
      return this.#told('its connection is closed already');
    }
    const { connection } = exchange;
    return ask(`End connection ${connection} to ${this.#session.hostOf(exchange)}?`, () => kill(connection));
  }

  #copy(about: DetailSubject | undefined): Overlay | undefined {
    if (!about) return undefined;
    const menu = new Menu('Copy as', copyChoices(this.#session, about));
    return {
      draw: (area) => menu.draw(area),
      press: (key) => {
        const chosen = menu.press(key);
        if (chosen !== undefined) this.#copied(copyOf(this.#session, about, chosen));
        return true;
      },
    };
  }

  #copied(text: string | undefined): void {
    if (text === undefined)
      return this.#notices.tell('not all of it is kept, or it is too long to copy', true);
    this.#sequence = clipboardSequence(text, process.env.TMUX !== undefined);
    this.#notices.tell(`copied ${text.length} characters, where the terminal allows it (OSC 52)`);
  }

  #save(subject: Subject | undefined): Overlay | undefined {
    const { save } = this.#controls;
    if (!save || !subject) return this.#told('there is nothing to save');
    const exchanges = this.#exchangesOf(subject);
    return askFile('save to (.pcapng or .har): ', (file) => this.#tellWhen(save({ exchanges }, file)));
  }

  #exchangesOf(subject: Subject): number[] {
    if (subject.type === 'exchange') return [subject.number];
    const found: number[] = [];
    for (const { number, series } of this.#session.exchanges) {
      if (series === subject.number) found.push(number);
      if (found.length === MOST_SAVED) break;
    }
    return found;
  }

  #record(): Overlay | undefined {
    const { recording } = this.#controls;
    if (!recording) return this.#told('a file is recorded already');
    const state = recording.state();
    if (state) return ask(`Stop to record to ${state.file}?`, () => this.#tellWhen(recording.stop()));
    return askFile('record to: ', (file) => this.#startRecording(recording, file));
  }

  #startRecording(recording: RecordingControls, file: string): void {
    this.#tellWhen(recording.start(file).then(() => `recording to ${file}`));
  }

  #tellWhen(words: Promise<string | undefined>): void {
    words.then(
      (told) => this.#notices.tell(told ?? 'nothing is recorded'),
      (error: unknown) => this.#notices.tell(error instanceof Error ? error.message : String(error), true),
    );
  }

  #told(words: string): undefined {
    this.#notices.tell(words);
    return undefined;
  }
}

function ask(words: string, act: () => void): Overlay {
  const question = new Question(words);
  return {
    draw: (area) => question.draw(area),
    press: (key) => {
      if (question.isYes(key)) act();
      return true;
    },
  };
}

function askFile(label: string, act: (file: string) => void): Overlay {
  const prompt = new Prompt({ label });
  return {
    draw: (area) => prompt.draw(area),
    get caretColumn() {
      return prompt.caretColumn;
    },
    press: (key) => {
      const came = prompt.press(key);
      const file = prompt.text.trim();
      if (came === 'done' && file !== '') act(file);
      return came !== 'typing';
    },
  };
}
