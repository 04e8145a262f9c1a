import type { Controls, Reading, RecordingState, Selection } from '../views/inspector/controls.ts';

/** Controls that only note what they were asked for. */
export class FakeControls implements Controls {
  readonly title = '127.0.0.1:8080';
  readonly proxy = { address: '127.0.0.1:8080', certificateFile: '/home/me/ca.pem', reverse: undefined };
  /** What was asked for, in words. */
  readonly asked: string[] = [];
  /** Why the next thing that is asked for cannot be done. */
  trouble: string | undefined;
  state: RecordingState | undefined;
  progress: Reading | undefined;
  at = 0;
  readonly recording = {
    state: () => this.state,
    start: (file: string) => this.#answer(`record to ${file}`, undefined),
    stop: () => this.#answer('stop recording', 'recorded 12 connections'),
  };

  readonly now = (): number => this.at;

  readonly reading = (): Reading | undefined => this.progress;

  readonly kill = (connection: number): void => {
    this.asked.push(`kill ${connection}`);
  };

  readonly save = ({ exchanges }: Selection, file: string): Promise<string> =>
    this.#answer(`save ${exchanges} to ${file}`, `wrote ${file}`);

  readonly quit = (): void => {
    this.asked.push('quit');
  };

  #answer<Told>(asked: string, told: Told): Promise<Told> {
    this.asked.push(asked);
    return this.trouble === undefined ? Promise.resolve(told) : Promise.reject(new Error(this.trouble));
  }
}
