/**
 * Takes secrets out of what is recorded or exported, and leaves the number of bytes as it is. Tap events go in at one end and come out
 * at the other: `RedactedConnection` holds them (`HeldEvents`) until a layer has said what their bytes are. `FirstBytes` finds the
 * layer, as the session does: `HttpRedactor`, which `WebSocketRedactor` may follow, `TlsRedactor`, or `OpaqueLayer` for what
 * nobody reads. Heads are changed by `headEdits`, payloads by a `Payload`. `docs/redaction.md` says what of all that users see.
 */
import type { TapEvent, TapSink } from '../../tap.ts';
import type { Edit } from './edit.ts';
import { RedactedConnection } from './redacted-connection.ts';
import { type NameLists, RedactedNames } from './redacted-names.ts';
import { TextScanner } from './text-scanner.ts';

/**
 * Makes sinks that redact: each hands on the events that it takes, at the same times and of the same lengths, to the sink that it is
 * made of. Of a connection some may come later than they did, when what they are shows only behind them; all have come when it
 * closes. It never throws. `more` are names besides those in `REDACTED_BY_DEFAULT`.
 */
export function redaction(more: Partial<NameLists> = {}): (sink: TapSink) => TapSink {
  const names = new RedactedNames(more);
  return (sink) => {
    const connections = new Map<number, RedactedConnection>();
    return (event) => take(event, connections, names, sink);
  };
}

function take(
  event: TapEvent,
  connections: Map<number, RedactedConnection>,
  names: RedactedNames,
  sink: TapSink,
): void {
  const { connection: number } = event;
  if (event.type === 'failed') return sink(redactedFailure(event, names));
  if (event.type === 'opened') {
    connections.set(number, new RedactedConnection(event.facts, names, sink));
    return sink(event);
  }
  const connection = connections.get(number) ?? new RedactedConnection(undefined, names, sink);
  if (event.type === 'closed') {
    connections.delete(number);
    return connection.close(event);
  }
  connections.set(number, connection);
  connection.take(event);
}

type Failed = Extract<TapEvent, { readonly type: 'failed' }>;

/** The words of a failure may quote a URL, or what was no request. */
function redactedFailure(event: Failed, names: RedactedNames): Failed {
  const { code, message } = event.failure;
  const bytes = Buffer.from(
    message.replace(/"(?:[^"\\]|\\.)*("|$)/g, '"…"').replace(/\/\/[^/?#\s]*@/g, '//…@'),
  );
  const edits: Edit[] = [];
  new TextScanner(names).scan(bytes, edits);
  for (const { from, to, byte } of edits) bytes.fill(byte, from, to);
  return { ...event, failure: { code, message: bytes.toString() } };
}
