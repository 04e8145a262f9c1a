import { inflaterFor } from '../decoders/content-encoding.ts';
import { fieldValues } from '../decoders/http1/fields.ts';
import type { Exchange } from '../session/exchange.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { Session } from '../session/session.ts';
import { type Message, type MessageSource, SourcedMessage } from './message.ts';
import { unixTime } from './session-time.ts';
import type { Weight } from './weight.ts';

/** A bound against bodies that inflate to more than memory holds, in bytes. */
const MAX_CONTENT = 256 << 20;

/** The message at `index` in a session's table, which counts from 0; undefined when its row could not be kept. */
export function sessionMessage(session: Session, index: number, exchange: Exchange): Message | undefined {
  const row = session.messages.row(index);
  const { from, kind, name, at, complete } = row;
  if (kind === 'lost') return undefined;
  const facts = {
    number: index + 1,
    connection: exchange.connection,
    exchange: exchange.number,
    protocol: exchange.protocol,
    from,
    kind,
    name,
    at: unixTime(session, at),
    complete,
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
    const row = this.#row();
    if (!row) return undefined;
    if (row.contentLength > 0) return own(this.#session.messages.content(this.#index));
    const bytes = this.bytes();
    const coding = codingOf(row, this.#session.exchanges.get(row.exchange));
    const inflater = inflaterFor(coding, MAX_CONTENT);
    if (!bytes || !inflater || bytes.length === 0) return bytes;
    return inflater.push(bytes) as Uint8Array | undefined;
  }

  #row(): MessageRow | undefined {
    const row = this.#session.messages.row(this.#index);
    return row.kind === 'lost' ? undefined : row;
  }
}

/** The Content-Encoding of the request or response that a row is; '' of all else. */
function codingOf({ kind }: MessageRow, exchange: Exchange | undefined): string {
  const head = kind === 'request' ? exchange?.request : kind === 'response' ? exchange?.response : undefined;
  return head ? fieldValues(head.fields, 'content-encoding').join(', ') : '';
}

/** In memory of its own: a Buffer may lie in one that it shares. */
function own(bytes: Buffer | undefined): Uint8Array | undefined {
  return bytes && new Uint8Array(bytes);
}
