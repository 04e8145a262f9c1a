import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds between two looks, and how many there are: tmux tells nobody of changes. */
const LOOK = 50;
const LOOKS = 600;

/** A shell in a terminal of tmux's, of 120 columns and 40 rows, with a server and folders of its own. */
export class Tmux implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tare-tmux-'));

  constructor() {
    const shell = `env -u NO_COLOR XDG_CONFIG_HOME='${this.folder}' PS1='$ ' sh`;
    this.#run('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '40', shell);
  }

  /** What somebody sees. */
  get text(): string {
    return this.#run('capture-pane', '-p');
  }

  /** What tmux says of the terminal, in its formats: `#{alternate_on}`. */
  ask(format: string): string {
    return this.#run('display-message', '-p', format).trim();
  }

  /** Presses keys, by tmux's names. */
  press(...keys: readonly string[]): void {
    this.#run('send-keys', ...keys);
  }

  /** Types a line into the shell. */
  enter(line: string): void {
    this.#run('send-keys', '-l', line);
    this.press('Enter');
  }

  /** Looks until what is seen fits. */
  async shows(what: string | RegExp): Promise<string> {
    for (let look = 0; look < LOOKS; look++) {
      const { text } = this;
      if (typeof what === 'string' ? text.includes(what) : what.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    throw new Error(`waited for ${what} in vain; the terminal shows\n${this.text}`);
  }

  [Symbol.dispose](): void {
    this.#run('kill-server');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', join(this.folder, 'socket'), ...args], { encoding: 'utf8' });
  }
}
