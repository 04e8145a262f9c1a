import type { WireEvent } from '../decoders/wire-event.ts';

/**
 * What WebSocket events tell, a line each: kind, bytes of framing or control + payload, and what it says. Parts are
 * joined with their message, since where the network cuts is not part of the meaning.
 */
export function websocketStory(events: readonly WireEvent[]): string[] {
  const lines: string[] = [];
  let part = { framing: 0, text: '' };
  let undecoded = 0;
  for (const event of events) {
    if (event.type !== 'undecoded' && undecoded > 0) lines.push(`undecoded ${undecoded}`);
    undecoded = event.type === 'undecoded' ? undecoded + event.length : 0;
    if (event.type === 'fault') lines.push(`fault ${event.rule} at ${event.start}`);
    if (event.type === 'message-part') {
      part = { framing: part.framing + event.framing, text: part.text + latin1(event.bytes) };
    }
    if (event.type === 'missing') part.text += '?'.repeat(event.length);
    if (event.type !== 'message') continue;
    if (event.kind === 'text' || event.kind === 'binary') {
      lines.push(dataLine(event, part.framing + event.framing, part.text + latin1(event.bytes)));
      part = { framing: 0, text: '' };
    } else
      lines.push(`${event.kind} ${event.control}+0 ${JSON.stringify(event.name || latin1(event.bytes))}`);
  }
  return undecoded > 0 ? [...lines, `undecoded ${undecoded}`] : lines;
}

function dataLine(event: WireEvent & { type: 'message' }, framing: number, text: string): string {
  const content = event.content ? ` = ${JSON.stringify(latin1(event.content))}` : '';
  const shown = event.content ? '' : ` ${JSON.stringify(text)}`;
  return `${event.kind} ${framing}+${text.length}${shown}${content}${event.complete ? '' : ' cut off'}`;
}

/** Where the places of the events end, having checked that they lie side by side from `start` on. */
export function endOfPlaces(events: readonly WireEvent[], start: number): number {
  let offset = start;
  for (const event of events) {
    const length = placeLength(event);
    if (length === undefined || !('start' in event)) continue;
    if (event.start !== offset) throw new Error(`${event.type} at ${event.start} and not at ${offset}`);
    offset += length;
  }
  return offset;
}

/** Bytes that an event uses; undefined for one that has no place. */
function placeLength(event: WireEvent): number | undefined {
  switch (event.type) {
    case 'message':
      return event.framing + event.control + event.payload;
    case 'message-part':
      return event.framing + event.bytes.length;
    case 'undecoded':
    case 'missing':
      return event.length;
    default:
      return undefined;
  }
}

function latin1(bytes: Readonly<Uint8Array>): string {
  return Buffer.from(bytes).toString('latin1');
}
