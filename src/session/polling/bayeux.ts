import { asBuffer } from '../../decoders/http1/blank-line-search.ts';
import type { Bytes } from '../../tap.ts';
import type { Waste } from './verdict.ts';

/** A Bayeux message, as far as it says where it belongs. */
export interface BayeuxMessage {
  readonly channel: string;
  readonly clientId: string | undefined;
  readonly hasData: boolean;
  /** False where an answer says that something failed. */
  readonly successful: boolean;
}

/** Handshakes have no clientId, and all other messages have one: bodies without either are not parsed. */
const MARKS = ['clientId', 'handshake'];

/** The messages that `content` is, a JSON array of them or one alone; none where it is anything else. */
export function bayeuxMessages(content: Bytes): BayeuxMessage[] {
  const text = asBuffer(content).toString();
  if (!text.includes('"channel"') || !MARKS.some((mark) => text.includes(mark))) return [];
  return messagesIn(text) ?? [];
}

/** The clientId that the answer to a handshake gives. */
export function bayeuxClientId(content: Bytes): string | undefined {
  return bayeuxMessages(content).find(({ channel }) => channel === '/meta/handshake')?.clientId;
}

/** What the answer to a connect brings: messages with data on a channel of the application are news. */
export function bayeuxAnswer(content: Bytes): 'news' | Waste {
  const messages = messagesIn(asBuffer(content).toString());
  // Too long to be read whole, then.
  if (!messages) return 'news';
  if (messages.some(({ channel, hasData }) => hasData && !channel.startsWith('/meta/'))) return 'news';
  if (messages.some(({ successful }) => !successful)) return 'error';
  return messages.length === 0 ? 'empty' : 'heartbeat';
}

function messagesIn(text: string): BayeuxMessage[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).flatMap(message);
  } catch {
    return undefined;
  }
}

function message(value: unknown): BayeuxMessage[] {
  if (typeof value !== 'object' || value === null) return [];
  const clientId = 'clientId' in value && typeof value.clientId === 'string' ? value.clientId : undefined;
  if (!('channel' in value) || typeof value.channel !== 'string') return [];
  // Channels of other protocols are not paths.
  if (!value.channel.startsWith('/')) return [];
  const successful = !('successful' in value && value.successful === false);
  return [{ channel: value.channel, clientId, hasData: 'data' in value, successful }];
}
