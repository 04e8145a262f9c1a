import { contentOf } from '../../../session/content.ts';
import type { Exchange } from '../../../session/exchange.ts';
import type { Session } from '../../../session/session.ts';
import { changeJson, jsonText } from '../../json-lines.ts';
import { textOf } from '../../message-preview.ts';
import { exchangeOf, messageOf } from '../detail/subject-message.ts';
import type { DetailSubject } from '../detail/tab.ts';
import type { Choice } from '../menu.ts';
import { asCurl } from './curl.ts';
import { asFetch } from './fetch.ts';
import { requestToCopy } from './request.ts';
import { asWscat } from './wscat.ts';

/** Bytes of a message that are copied: terminals take no more, most of them less. */
const MOST_COPIED = 256 << 10;

const OF_REQUEST: readonly Choice[] = [
  { key: 'c', does: 'curl', tells: 'the request as a command line of curl' },
  { key: 'f', does: 'fetch', tells: 'the request as JavaScript' },
];

const OF_WEBSOCKET: readonly Choice[] = [
  { key: 'w', does: 'wscat', tells: 'the handshake as a command line of wscat' },
  { key: 'f', does: 'JavaScript', tells: 'the handshake as JavaScript' },
];

const OF_MESSAGE: readonly Choice[] = [
  { key: 't', does: 'text', tells: 'the content as it is' },
  { key: 'h', does: 'hex', tells: 'the payload in hexadecimal' },
  { key: 'j', does: 'JSON', tells: 'what `--view json` tells of it' },
];

/** As what the chosen exchange or message can be copied. */
export function copyChoices(session: Session, about: DetailSubject): readonly Choice[] {
  const exchange = exchangeOf(session, about);
  const ofRequest = !exchange?.request ? [] : exchange.protocol === 'websocket' ? OF_WEBSOCKET : OF_REQUEST;
  return [...ofRequest, ...(messageOf(session, about) === undefined ? [] : OF_MESSAGE)];
}

/** The text of a choice; undefined where its bytes are no longer kept. */
export function copyOf(session: Session, about: DetailSubject, key: string): string | undefined {
  const exchange = exchangeOf(session, about);
  const number = messageOf(session, about);
  switch (key) {
    case 'c':
    case 'f':
    case 'w':
      return exchange && ofRequest(session, exchange, key);
    case 't':
      return number === undefined ? undefined : contentText(session, number);
    case 'h':
      return number === undefined ? undefined : session.messages.bytes(number, MOST_COPIED)?.toString('hex');
    case 'j':
      return number === undefined || !exchange ? undefined : lineOf(session, number, exchange);
    default:
      return undefined;
  }
}

function ofRequest(session: Session, exchange: Exchange, key: 'c' | 'f' | 'w'): string | undefined {
  const request = requestToCopy(session, exchange, MOST_COPIED);
  if (!request) return undefined;
  return key === 'c' ? asCurl(request) : key === 'w' ? asWscat(request) : asFetch(request);
}

function lineOf(session: Session, message: number, exchange: Exchange): string | undefined {
  const line = changeJson(session, { type: 'message', message, exchange });
  return line && jsonText(line).trimEnd();
}

function contentText(session: Session, number: number): string | undefined {
  const content = contentOf(session, number, MOST_COPIED);
  return content && (textOf(content) ?? content.toString('base64'));
}
