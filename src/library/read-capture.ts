import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import { SessionReader, type WeighedSession } from './weighed-session.ts';

/** What a capture file holds, weighed. */
export interface Capture extends WeighedSession, Disposable {
  /** What of the file could not be read, in words; the first 100. */
  readonly problems: readonly string[];
  /** Frees the memory and the temporary files behind it. */
  [Symbol.dispose](): void;
}

/** How a capture is read. */
export interface CaptureOptions {
  /** Bytes of memory for what is kept of it, before it goes to a temporary file; 128 MiB unless told otherwise. */
  readonly memory?: number;
}

/**
 * Reads a capture: a recording of tare's, a pcap or pcapng of tcpdump or Wireshark (packed with gzip or not), or a HAR. Rejects when the
 * file cannot be read; what is damaged in it is told as `problems`.
 */
export async function readCapture(path: string, options: CaptureOptions = {}): Promise<Capture> {
  const session = new Session(options.memory === undefined ? {} : { memory: options.memory });
  try {
    const { problems } = await readCaptureInto(session, path);
    return new OpenCapture(session, problems);
  } catch (error) {
    session.close();
    throw error;
  }
}

class OpenCapture extends SessionReader implements Capture {
  readonly problems: readonly string[];
  readonly #session: Session;

  constructor(session: Session, problems: readonly string[]) {
    super(session);
    this.#session = session;
    this.problems = problems;
  }

  [Symbol.dispose](): void {
    this.#session.close();
  }
}
