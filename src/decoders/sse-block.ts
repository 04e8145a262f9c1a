import type { Bytes } from '../tap.ts';
import type { Fault } from './decoder.ts';
import { SseData } from './sse-data.ts';
import type { SseEvent, SseMessage } from './sse-event.ts';
import { fieldOf, lineLength, type SseLine, valueStart } from './sse-line.ts';
import { RepeatedText } from './sse-repeated-text.ts';

const RULE = 'WHATWG HTML section 9.2.6';
const NOTHING: Bytes = new Uint8Array();
const ZERO = 0x30;
const NINE = 0x39;

/** A message that lines are still added to. It becomes what is told, so an event costs one object. */
type Draft = { -readonly [Key in keyof SseMessage]: SseMessage[Key] };

/** The lines between two blank lines, read by the rules of WHATWG HTML section 9.2.6. */
export class SseBlock {
  readonly #data: SseData;
  #draft: Draft | undefined;
  /** Framing of what is told next: blank and ignored lines, when no message is being read. */
  #stray = 0;
  #id = '';
  readonly #ids = new RepeatedText();
  readonly #types = new RepeatedText();

  constructor(dataLimit: number) {
    this.#data = new SseData(dataLimit);
  }

  /** Counts bytes that mean nothing to clients. */
  ignore(count: number): void {
    if (this.#draft) this.#draft.framing += count;
    else this.#stray += count;
  }

  /** Reads a line that is not blank. A comment is told at once. */
  line(line: SseLine, events: SseEvent[]): void {
    switch (fieldOf(line)) {
      case 'data':
        this.#readData(line, events);
        break;
      case 'event':
        this.#readType(line);
        break;
      case 'id':
        this.#readId(line, events);
        break;
      case 'retry':
        this.#readRetry(line, events);
        break;
      case 'comment':
        events.push(this.#comment(line));
        break;
      case 'ignored':
        this.ignore(lineLength(line));
    }
  }

  /** Reads a blank line, of `ending` bytes: it dispatches the event. */
  blank(ending: number, events: SseEvent[]): void {
    this.ignore(ending);
    const draft = this.#draft;
    if (!draft) return;
    const { isUtf8 } = this.#data;
    this.#finish(draft);
    if (!isUtf8) {
      events.push(fault(draft.start, 'the data is not UTF-8: clients replace what is wrong'));
    }
    events.push(draft);
  }

  /** Reads the end of the stream. */
  end(events: SseEvent[]): void {
    const draft = this.#draft;
    if (draft) {
      this.#finish(draft);
      draft.complete = draft.kind !== 'event';
      if (!draft.complete) {
        events.push(fault(draft.start, 'the stream ended inside an event: clients discard it'));
      }
      events.push(draft);
    }
    if (this.#stray > 0) events.push({ type: 'rest', framing: this.#stray });
    this.#stray = 0;
  }

  /** Copies what is borrowed: the loan ends with the push. */
  keep(): void {
    this.#data.keep();
  }

  #finish(draft: Draft): void {
    this.#draft = undefined;
    if (draft.kind === 'comment') return;
    draft.id = this.#id;
    draft.data = this.#data.take();
  }

  #readData(line: SseLine, events: SseEvent[]): void {
    const draft = this.#event(line);
    const start = valueStart(line, 'data'.length);
    count(draft, line, start);
    draft.dispatched = true;
    if (line.missing > 0) this.#data.drop();
    else if (!this.#data.add(line.lent, start, line.end)) {
      events.push({ type: 'fault', start: draft.start, rule: 'limit', detail: 'an event has too much data' });
    }
  }

  #readType(line: SseLine): void {
    const draft = this.#event(line);
    const start = valueStart(line, 'event'.length);
    count(draft, line, start);
    if (line.missing > 0) return;
    draft.name = this.#types.read(line.lent.bytes, start, line.end) || 'message';
  }

  /** An id with a NUL in it is ignored. */
  #readId(line: SseLine, events: SseEvent[]): void {
    const start = valueStart(line, 'id'.length);
    const id = this.#ids.read(line.lent.bytes, start, line.end);
    if (id !== this.#id && id.includes('\0')) {
      this.#disregard(line, 'an id with a NUL in it: clients ignore it', events);
      return;
    }
    count(this.#event(line), line, start);
    if (line.missing === 0) this.#id = id;
  }

  /** A time that is not of digits is ignored. */
  #readRetry(line: SseLine, events: SseEvent[]): void {
    const value = line.lent.view(valueStart(line, 'retry'.length), line.end);
    if (!isNumber(value) || line.missing > 0) {
      this.#disregard(line, 'a retry that is not of digits: clients ignore it', events);
      return;
    }
    this.#draft ??= this.#begin('comment', 'retry', line.at);
    this.#draft.control += lineLength(line);
    if (this.#draft.kind === 'comment') this.#draft.data = new Uint8Array(value);
  }

  /** Counts a field that clients ignore for its value. One that is past the limit has been told of. */
  #disregard(line: SseLine, detail: string, events: SseEvent[]): void {
    this.ignore(lineLength(line));
    if (line.missing === 0) events.push(fault(line.at, detail));
  }

  /** Stands on its own, also between the lines of an event. */
  #comment(line: SseLine): SseMessage {
    const stray = this.#draft ? 0 : this.#stray;
    this.#stray -= stray;
    const comment = draft('comment', '', line.at, stray);
    comment.control = lineLength(line);
    if (line.missing === 0) comment.data = line.lent.view(line.start + 1, line.end);
    comment.complete = line.ending > 0;
    return comment;
  }

  /** The event that is being read; what was only a retry so far becomes one. */
  #event(line: SseLine): Draft {
    const draft = this.#draft ?? this.#begin('event', 'message', line.at);
    if (draft.kind === 'comment') {
      draft.kind = 'event';
      draft.name = 'message';
    }
    this.#draft = draft;
    return draft;
  }

  #begin(kind: SseMessage['kind'], name: string, start: number): Draft {
    const begun = draft(kind, name, start, this.#stray);
    this.#stray = 0;
    return begun;
  }
}

function draft(kind: SseMessage['kind'], name: string, start: number, framing: number): Draft {
  return {
    type: 'message',
    kind,
    start,
    framing,
    control: 0,
    payload: 0,
    name,
    id: '',
    data: NOTHING,
    dispatched: false,
    complete: true,
  };
}

/** Books a field's line, the value of which begins at `start`. */
function count(draft: Draft, line: SseLine, start: number): void {
  const payload = line.end - start + line.missing;
  draft.payload += payload;
  draft.framing += lineLength(line) - payload;
}

function fault(start: number, detail: string): Fault {
  return { type: 'fault', start, rule: RULE, detail };
}

function isNumber(value: Bytes): boolean {
  for (const byte of value) {
    if (byte < ZERO || byte > NINE) return false;
  }
  return value.length > 0;
}
