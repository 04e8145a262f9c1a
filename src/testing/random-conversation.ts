import fc from 'fast-check';
import type { Side } from '../tap.ts';
import { ConversationScript } from './conversation-script.ts';
import {
  type EventStreamRecipe,
  eventStream,
  lastEventStream,
  sayEventStream,
} from './event-stream-script.ts';
import { type HttpGroupRecipe, httpGroup, lastHttpGroup, sayHttpGroup } from './http-script.ts';
import { sayWebSocket, type WebSocketRecipe, webSocket } from './websocket-script.ts';

type Part = HttpGroupRecipe | EventStreamRecipe | WebSocketRecipe;

/** What fails in one of the others is tried with the first. */
const shrinking = { withCrossShrink: true };

const ordinaryPart: fc.Arbitrary<Part> = fc.oneof(shrinking, httpGroup, eventStream);

/** A connection's whole conversation in HTTP/1, its event streams, and the WebSocket that it may turn into, without a fault. */
export const randomConversation: fc.Arbitrary<ConversationScript> = fc
  .record({
    parts: fc.array(ordinaryPart, { maxLength: 2 }),
    last: fc.oneof(shrinking, ordinaryPart, webSocket, lastHttpGroup, lastEventStream),
    endsFirst: fc.constantFrom<Side>('client', 'server'),
  })
  .map(({ parts, last, endsFirst }) => {
    const script = new ConversationScript();
    for (const part of [...parts, last]) sayPart(script, part);
    script.endsFirst = endsWithServer(last) ? 'server' : endsFirst;
    return script;
  });

function sayPart(script: ConversationScript, part: Part): void {
  if ('exchanges' in part) sayHttpGroup(script, part);
  else if ('blocks' in part) sayEventStream(script, part);
  else sayWebSocket(script, part);
}

/** An answer without a length ends with its connection. */
function endsWithServer(part: Part): boolean {
  const framing =
    'exchanges' in part ? part.exchanges.at(-1)?.response.framing : 'blocks' in part && part.framing;
  return framing ? framing.type === 'until-close' : false;
}
