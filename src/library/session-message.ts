import { wholeContent } from '../session/content.ts';
import type { Exchange } from '../session/exchange.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { Session } from '../session/session.ts';
import { type Message, type MessageSource, SourcedMessage } from './message.ts';
import { unixTime } from './session-time.ts';
import type { Weight } from './weight.ts';

/** The message at `index` in a session's table, which counts from 0; undefined when its row could not be kept. */
export function sessionMessage(session: Session, index: number, exchange: Exchange): Message | undefined {
  const row = session.messages.row(index);
  const { from, kind, name, id, at, complete } = row;
  if (kind === 'lost') return undefined;
  const facts = {
    number: index + 1,
    connection: exchange.connection,
    exchange: exchange.number,
    protocol: exchange.protocol,
    from,
    kind,
    name,
    id,
    at: unixTime(session, at),
    complete,
    missing: session.messages.missing(index)?.length ?? 0,
    weight: weightOf(row),
  };
  return new SourcedMessage(facts, new SessionBytes(session, index));
}

function weightOf({ head, framing, control, payload }: MessageRow): Weight {
  const overhead = head + framing + control;
  return { gross: overhead + payload, overhead, payload, head, framing, control, tls: 0, undecoded: 0 };
}

/** The bytes of a session's message, where they still are. */
class SessionBytes implements MessageSource {
  readonly #session: Session;
  readonly #index: number;

  constructor(session: Session, index: number) {
    this.#session = session;
    this.#index = index;
  }

  bytes(): Uint8Array | undefined {
    return this.#row() && own(this.#session.messages.bytes(this.#index));
  }

  content(): Uint8Array | undefined {
    return this.#row() && own(wholeContent(this.#session, this.#index));
  }

  #row(): MessageRow | undefined {
    const row = this.#session.messages.row(this.#index);
    return row.kind === 'lost' ? undefined : row;
  }
}

/** In memory of its own: a Buffer may lie in one that it shares. */
function own(bytes: Buffer | undefined): Uint8Array | undefined {
  return bytes && new Uint8Array(bytes);
}
