import { fieldValue } from '../session/exchange.ts';
import type { Session } from '../session/session.ts';
import type { StoryExchange, StoryMessage } from './exchange-story.ts';

/** How much a session had told at some time. */
export interface Told {
  readonly exchanges: number;
  readonly messages: number;
}

/** What a session has told since then, of exchanges that have closed. */
export function toldExchanges(session: Session, since: Told): StoryExchange[] {
  const messages = messagesOf(session, since.messages);
  const count = session.exchanges.length - since.exchanges;
  return Array.from({ length: count }, (_, index) => {
    const number = since.exchanges + index + 1;
    const exchange = session.exchanges.get(number);
    if (!exchange) throw new Error(`exchange ${number} was not kept`);
    const { protocol, ledger, response } = exchange;
    const coding = response && fieldValue(response.fields, 'content-encoding');
    return {
      protocol,
      messages: messages.get(number) ?? [],
      ledger,
      isApportioned: protocol === 'sse' && coding !== undefined,
    };
  });
}

/** The messages from number `first` on, by exchange. */
function messagesOf({ messages }: Session, first: number): Map<number, StoryMessage[]> {
  const byExchange = new Map<number, StoryMessage[]>();
  for (let number = first; number < messages.length; number++) {
    const { exchange, head, framing, control, payload, ...row } = messages.row(number);
    const message = {
      ...row,
      weight: { head, framing, control, payload, undecoded: 0 },
      bytes: messages.bytes(number)?.toString('latin1') ?? 'lost',
      content: messages.content(number)?.toString('latin1') ?? '',
    };
    byExchange.set(exchange, [...(byExchange.get(exchange) ?? []), message]);
  }
  return byExchange;
}
