import { contentOf } from '../../../session/content.ts';
import type { MessageRow } from '../../../session/message-table.ts';
import type { Session } from '../../../session/session.ts';
import { byteCount } from '../../byte-count.ts';
import { harmless } from '../../harmless.ts';
import { textOf } from '../../message-preview.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import type { VirtualLines } from '../pane.ts';
import { closeCodeWords } from './close-code.ts';
import { jsonLinesOf } from './json-lines-of.ts';
import { messageOf } from './subject-message.ts';
import type { Tab } from './tab.ts';
import { wrapped } from './wrapped.ts';

/** Bytes of content that are shown; the hex page scrolls through all. */
const MOST_SHOWN = 1 << 20;

/** Characters that are laid out as JSON: 256 Ki take some 60 ms. */
const MOST_JSON = 128 << 10;

const HEX_BYTES = 16;
const HEX_LINES = 64;

/** What the application received. Lines are made once for a message that is whole. */
class ContentTab implements Tab {
  readonly name = 'Content';
  #madeFor = '';
  #lines: readonly StyledLine[] = [];

  lines(session: Session, about: Parameters<Tab['lines']>[1], columns: number): VirtualLines {
    const number = messageOf(session, about);
    if (number === undefined) return virtual([[piece('There is no message yet.', 'dim')]]);
    const row = session.messages.row(number);
    const wanted = `${number} ${columns} ${row.payload} ${row.complete}`;
    if (wanted !== this.#madeFor) {
      this.#madeFor = wanted;
      this.#lines = [...facts(session, row, number), ...content(session, number, columns)];
    }
    return virtual(this.#lines);
  }
}

export const contentTab: Tab = new ContentTab();

function virtual(lines: readonly StyledLine[]): VirtualLines {
  return { length: lines.length, line: (index) => lines[index] ?? [] };
}

/** What stands before the content: of an event its name and id, of a close its code, of compressed content both sizes. */
function facts(session: Session, row: MessageRow, number: number): StyledLine[] {
  const found: StyledLine[] = [];
  if (row.kind === 'event') found.push([piece('event  ', 'dim'), piece(harmless(row.name), 'name')]);
  if (row.kind === 'event' && row.id !== '') found.push([piece('id     ', 'dim'), piece(harmless(row.id))]);
  if (row.kind === 'close') found.push([piece(closeCodeWords(row.name))]);
  const inflated = row.contentLength;
  if (inflated > 0 && inflated !== row.payload) {
    found.push([
      piece('inflated ', 'dim'),
      piece(byteCount(row.payload), 'payload'),
      piece(` → ${byteCount(inflated)}`),
    ]);
  }
  if (!row.complete && session.exchanges.get(row.exchange)?.closedAt !== undefined) {
    found.push([piece(`message ${number + 1} was cut off`, 'fault')]);
  }
  return found.length > 0 ? [...found, []] : found;
}

function content(session: Session, number: number, columns: number): StyledLine[] {
  const bytes = contentOf(session, number, MOST_SHOWN);
  if (bytes === undefined) return [[piece('Its bytes are no longer kept.', 'dim')]];
  if (bytes.length === 0) return [[piece('(empty)', 'dim')]];
  const more: StyledLine[] =
    bytes.length >= MOST_SHOWN
      ? [[], [piece(`the first ${byteCount(MOST_SHOWN)}; the hex page has all of it`, 'dim')]]
      : [];
  const text = textOf(bytes);
  return [...(text === undefined ? binary(bytes) : ofText(text, columns)), ...more];
}

function ofText(text: string, columns: number): StyledLine[] {
  const json = text.length <= MOST_JSON ? jsonLinesOf(text) : undefined;
  if (json) return json.flatMap((line) => wrapped(line, columns, 2 + (line[0]?.text.length ?? 0)));
  return text.split(/\r\n|\r|\n/).flatMap((line) => ofLine(line, columns));
}

/** A line of text; one that is JSON by itself is coloured as such, and stays a line. */
function ofLine(line: string, columns: number): StyledLine[] {
  const tabs = harmless(line.replaceAll('\t', '    '));
  return wrapped([piece(tabs)], columns);
}

const MAGIC: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['PNG', [0x89, 0x50, 0x4e, 0x47]],
  ['JPEG', [0xff, 0xd8, 0xff]],
  ['GIF', [0x47, 0x49, 0x46, 0x38]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['WebAssembly', [0x00, 0x61, 0x73, 0x6d]],
  ['ZIP', [0x50, 0x4b, 0x03, 0x04]],
  ['WOFF2', [0x77, 0x4f, 0x46, 0x32]],
];

function binary(bytes: Buffer): StyledLine[] {
  const known = MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte));
  const lines = Math.min(HEX_LINES, Math.ceil(bytes.length / HEX_BYTES));
  return [
    [piece(`${byteCount(bytes.length)} of binary${known ? `, which begins like ${known[0]}` : ''}`, 'dim')],
    ...Array.from({ length: lines }, (_, line) => [
      piece(
        bytes
          .subarray(line * HEX_BYTES, (line + 1) * HEX_BYTES)
          .toString('hex')
          .replace(/../g, '$& '),
      ),
    ]),
  ];
}
