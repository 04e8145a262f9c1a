import { isUtf8 } from 'node:buffer';
import type { MessageRow, RowKind } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';
import type { EntrySource } from './har-entry.ts';
import { secondsMoment } from './moment.ts';

/** WebSocket's opcodes (RFC 6455 section 11.8). */
const OPCODES: Partial<Readonly<Record<RowKind, number>>> = {
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};

/** Which of an exchange's messages a list is of, and how one looks in it. */
interface List {
  readonly name: string;
  readonly kinds: readonly RowKind[];
  /** The kinds of the list that says what came before a message of this one. */
  readonly behind: readonly RowKind[];
  /** `content` is undefined where it was lost. */
  item(session: Session, row: MessageRow, content: Buffer | undefined): object;
}

/** As Chrome writes them. Control frames it leaves out stand in a list of their own: others would show them as messages. */
const WEB_SOCKET: readonly List[] = [
  { name: '_webSocketMessages', kinds: ['text', 'binary'], behind: [], item: dataFrame },
  {
    name: '_webSocketControlFrames',
    kinds: ['ping', 'pong', 'close'],
    behind: ['text', 'binary'],
    item: controlFrame,
  },
];

const EVENT_STREAM: readonly List[] = [
  { name: '_eventSourceMessages', kinds: ['event'], behind: [], item: event },
  { name: '_eventSourceComments', kinds: ['comment'], behind: ['event'], item: comment },
];

/** The messages inside an exchange as members of its entry, each with a comma before it, a message at a time. */
export function* messageLists(source: EntrySource): Generator<string> {
  const { protocol } = source.exchange;
  const lists = protocol === 'websocket' ? WEB_SOCKET : protocol === 'sse' ? EVENT_STREAM : [];
  for (const list of lists) yield* listPieces(source, list);
}

/** A list that is not every reader's is left out where it is empty. */
function* listPieces({ session, numbers }: EntrySource, list: List): Generator<string> {
  const isOwn = list.behind.length > 0;
  let count = 0;
  let before = 0;
  if (!isOwn) yield `,"${list.name}":[`;
  for (const number of numbers) {
    const row = session.messages.row(number);
    if (list.behind.includes(row.kind)) before++;
    if (!list.kinds.includes(row.kind)) continue;
    const opening = count++ > 0 ? ',' : isOwn ? `,"${list.name}":[` : '';
    const isWhole = session.messages.missing(number) === undefined;
    const content = isWhole ? contentOf(session, number, row) : undefined;
    const item = list.item(session, row, content);
    yield `${opening}${JSON.stringify(isOwn ? { ...item, after: before } : item)}`;
  }
  if (!isOwn || count > 0) yield ']';
}

function dataFrame(session: Session, row: MessageRow, content: Buffer | undefined): object {
  const isText = row.kind === 'text';
  return {
    type: row.from === 'client' ? 'send' : 'receive',
    time: secondsMoment(session.epoch + BigInt(row.at)),
    opcode: OPCODES[row.kind],
    data: content === undefined ? '' : content.toString(isText ? 'utf8' : 'base64'),
    ...(isText && notText(content)),
    ...weight(row, content),
  };
}

function controlFrame(session: Session, row: MessageRow, content: Buffer | undefined): object {
  const [, code, reason] = /^(\d+) ?(.*)$/s.exec(row.kind === 'close' ? row.name : '') ?? [];
  return {
    type: row.from === 'client' ? 'send' : 'receive',
    time: secondsMoment(session.epoch + BigInt(row.at)),
    opcode: OPCODES[row.kind],
    data: content?.toString('base64') ?? '',
    ...(code !== undefined && { code: Number(code), reason }),
    control: row.control,
  };
}

function event(session: Session, row: MessageRow, content: Buffer | undefined): object {
  return {
    time: secondsMoment(session.epoch + BigInt(row.at)),
    eventName: row.name,
    eventId: row.id,
    data: content?.toString() ?? '',
    ...notText(content),
    ...weight(row, content),
  };
}

function comment(session: Session, row: MessageRow, content: Buffer | undefined): object {
  return {
    time: secondsMoment(session.epoch + BigInt(row.at)),
    ...(row.name === 'retry' && { retry: true }),
    data: content?.toString() ?? '',
    ...notText(content),
    control: row.control,
    ...weight(row, content),
  };
}

/** What the application received, or what travelled where that is not known; undefined where it was lost. */
function contentOf({ messages }: Session, number: number, row: MessageRow): Buffer | undefined {
  return row.contentLength > 0 ? messages.content(number) : messages.bytes(number);
}

/** The bytes of what ought to be a text and is none. */
function notText(content: Buffer | undefined): object {
  return content && !isUtf8(content) ? { _bytes: content.toString('base64') } : {};
}

/** Bytes on the wire, and what is wrong with the message. */
function weight({ framing, payload, complete }: MessageRow, content: Buffer | undefined): object {
  return {
    _framing: framing,
    _payload: payload,
    ...(!complete && { _complete: false }),
    ...(content === undefined && { _lost: true }),
  };
}
