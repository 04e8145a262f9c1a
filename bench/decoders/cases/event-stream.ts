import { createParser } from 'eventsource-parser';
import { SseDecoder } from '../../../src/decoders/sse.ts';
import type { SseEvent } from '../../../src/decoders/sse-event.ts';
import type { Contender, DecoderCase, Stream, Tally } from '../decoder-case.ts';

/** Events of 100 B: an id that counts, a type, a line of JSON. */
export const eventStream: DecoderCase = {
  name: 'sse, events of 100 B',
  messages: 200_000,
  stream: events,
  contenders: [
    { name: 'tare', open: (chunks) => () => ours(chunks) },
    peer('eventsource-parser, given text', givenText),
    peer('eventsource-parser, TextDecoder', decodedOnTheWay),
  ],
};

function events(messages: number): Stream {
  const wire: string[] = [];
  let payload = 0;
  for (let index = 0; index < messages; index++) {
    const start = `id: ${4_000_000 + index}\nevent: tick\ndata: `;
    const data = `{"price":${100 + (index % 1000) / 8},"text":"`.padEnd(96 - start.length, 'x').concat('"}');
    wire.push(start, data, '\n\n');
    payload += data.length;
  }
  return { bytes: Buffer.from(wire.join('')), tally: { messages, payload, fields: 0 } };
}

function ours(chunks: readonly Buffer[]): Tally {
  const decoder = new SseDecoder();
  let messages = 0;
  let payload = 0;
  const count = (events: readonly SseEvent[]) => {
    for (const event of events) {
      if (event.type !== 'message') continue;
      messages++;
      payload += event.data.length;
    }
  };
  for (const chunk of chunks) count(decoder.push(chunk));
  count(decoder.end());
  return { messages, payload, fields: 0 };
}

/** Runs the parser, which takes text, on what `textOf` makes of the chunks. */
function peer(name: string, textOf: (chunks: readonly Buffer[]) => () => Iterable<string>): Contender {
  return {
    name,
    open(chunks) {
      const text = textOf(chunks);
      return () => parsed(text());
    },
  };
}

function parsed(text: Iterable<string>): Tally {
  let messages = 0;
  let payload = 0;
  const parser = createParser({
    onEvent({ data }) {
      messages++;
      payload += data.length; // ASCII
    },
  });
  for (const piece of text) parser.feed(piece);
  return { messages, payload, fields: 0 };
}

function givenText(chunks: readonly Buffer[]): () => Iterable<string> {
  const text = chunks.map((chunk) => chunk.toString());
  return () => text;
}

function decodedOnTheWay(chunks: readonly Buffer[]): () => Iterable<string> {
  return function* () {
    const decoder = new TextDecoder();
    for (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  };
}
