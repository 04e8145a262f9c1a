import { textIn } from './json-value.ts';
import { dataBytes, type ToldMessage } from './told-messages.ts';

/** Writes events as an event stream has them (WHATWG HTML section 9.2.5). An id is written where it is another one. */
export class EventWriter {
  #id = '';

  /** An event with its blank line, or a comment or a retry between events. */
  write({ told, isBetween }: ToldMessage): Buffer {
    const data = dataBytes(told, false);
    const end = told._complete === false ? '' : '\n';
    if (isBetween && told.retry !== true) return joined(':', withoutLineEnds(data), end);
    if (isBetween) return joined('retry: ', withoutLineEnds(data), `\n${end}`);
    const lines = linesOf(data).flatMap((line) => [Buffer.from('data: '), line, Buffer.from('\n')]);
    return Buffer.concat([Buffer.from(this.#fields(told)), ...lines, Buffer.from(end)]);
  }

  #fields(told: ToldMessage['told']): string {
    const name = oneLine(told.eventName);
    return `${name === '' || name === 'message' ? '' : `event: ${name}\n`}${this.#newId(told.eventId)}`;
  }

  /** A HAR says which id its client knows after an event: one that is empty behind another was taken back. */
  #newId(told: unknown): string {
    const id = oneLine(told).replaceAll('\0', '');
    if (id === this.#id || textIn(told) === undefined) return '';
    this.#id = id;
    return id === '' ? 'id\n' : `id: ${id}\n`;
  }
}

function joined(before: string, data: Buffer, behind: string): Buffer {
  return Buffer.concat([Buffer.from(before), data, Buffer.from(behind)]);
}

const LF = 10;
const CR = 13;

/** Lines end in CR, LF or both. */
function linesOf(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < data.length; at++) {
    if (data[at] !== LF && data[at] !== CR) continue;
    lines.push(data.subarray(start, at));
    if (data[at] === CR && data[at + 1] === LF) at++;
    start = at + 1;
  }
  lines.push(data.subarray(start));
  return lines;
}

function withoutLineEnds(data: Buffer): Buffer {
  return Buffer.from(data.filter((byte) => byte !== LF && byte !== CR));
}

function oneLine(value: unknown): string {
  return (textIn(value) ?? '').replace(/[\r\n]/g, ' ');
}
