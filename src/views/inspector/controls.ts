/** What the inspector may do to what goes on: handed in by who started it. What is not there cannot be done here. */
export interface Controls {
  /** What is looked at: `127.0.0.1:8080`, or the name of a file. */
  readonly title: string;
  /** How clients reach the proxy; absent for a file. */
  readonly proxy?: ProxyFacts;
  /** Nanoseconds since the session's epoch: of a live session now, of a file the last event. */
  now(): number;
  /** How far the file is read; undefined when it is read, or there is none. */
  reading?(): Reading | undefined;
  readonly recording?: RecordingControls;
  /** Ends a connection on both sides. */
  kill?(connection: number): void;
  /** Writes what was selected to a file; resolves with what was written, in words. Rejects with words. */
  save?(selection: Selection, file: string): Promise<string>;
  /** Writes a text to a new file; resolves with where. */
  saveText?(text: string, file: string): Promise<string>;
  /** Ends tare, as ctrl-C does. */
  quit(): void;
}

export interface ProxyFacts {
  readonly address: string;
  readonly certificateFile: string;
  /** The server that requests for tare itself go to, in reverse mode. */
  readonly reverse: string | undefined;
}

export interface Reading {
  /** 0 to 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined;
  readonly bytes: number;
  /** Bytes a second. */
  readonly rate: number;
}

export interface RecordingControls {
  /** The file that is written now, its bytes so far, and what went wrong, if anything did. */
  state(): RecordingState | undefined;
  start(file: string): Promise<void>;
  /** Resolves with what it came to, in words. */
  stop(): Promise<string | undefined>;
}

export interface RecordingState {
  readonly file: string;
  readonly bytes: number;
  readonly problem: string | undefined;
}

/** Exchanges to save, by number; the connections they are on go with them. */
export interface Selection {
  readonly exchanges: readonly number[];
}
