import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import type { TapEvent, TapSink } from '../tap.ts';

/** What a session saw, and when it saw the last of it. */
export interface MixedSession {
  readonly session: Session;
  readonly endedAt: number;
}

const SECOND = 1_000_000_000;

/** Of one capture behind the other, what each kind of traffic looks like. */
const CAPTURES = [
  'fixtures/tare-polling.pcapng',
  'fixtures/tare-long-polling.pcapng',
  'fixtures/tare-failed.pcapng',
  'fixtures/tare-tls-unopened.pcapng',
  'fixtures/tare-sse.pcapng',
  'fixtures/tare-tls.pcapng',
  'fixtures/tare-tcp.pcapng',
  'fixtures/tare-websocket.pcapng',
  'fixtures/tare-websocket-deflate.pcapng',
];

/** Traffic of all kinds, `pause` seconds between one capture and the next. */
export async function mixedSession(pause = 4): Promise<MixedSession> {
  const session = new Session();
  const place = { connection: 0, at: 0 };
  let endedAt = 0;
  let connections = 0;
  for (const file of CAPTURES) {
    const redact = (sink: TapSink) => (event: TapEvent) => {
      connections = Math.max(connections, place.connection + event.connection);
      endedAt = place.at + event.at;
      sink(moved(event, place));
    };
    await readCaptureInto(session, file, { redact });
    place.connection = connections;
    place.at = endedAt + pause * SECOND;
  }
  return { session, endedAt };
}

/** The event at a later time, of a connection with a higher number. */
function moved(event: TapEvent, { connection, at }: { connection: number; at: number }): TapEvent {
  const place = { connection: event.connection + connection, at: event.at + at };
  if (event.type === 'opened') {
    return { ...event, ...place, facts: { ...event.facts, client: event.facts.client + connection } };
  }
  return event.type === 'failed'
    ? { ...event, ...place, client: event.client + connection }
    : { ...event, ...place };
}
