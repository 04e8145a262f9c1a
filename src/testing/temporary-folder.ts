import { mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

/** A folder in which the temporary files of a test are made. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'test-'));

  constructor() {
    vi.stubEnv('TMPDIR', this.path);
  }

  /** Gives what is being written to the disk its turn. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await stat(this.path);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** From here on there is no disk to write to. */
  break(): void {
    vi.stubEnv('TMPDIR', join(this.path, 'gone'));
  }

  [Symbol.dispose](): void {
    vi.unstubAllEnvs();
    rmSync(this.path, { recursive: true, force: true });
  }
}
