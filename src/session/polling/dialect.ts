import { type Field, fieldValue } from '../../decoders/http1/fields.ts';
import type { Bytes } from '../../tap.ts';
import { bayeuxAnswer, bayeuxClientId, bayeuxMessages } from './bayeux.ts';
import { engineIoAnswer, engineIoSession } from './engine-io.ts';
import { bounded } from './own-text.ts';
import { originForm, queryValue } from './resource.ts';
import { sockJsAnswer, sockJsScript } from './sockjs.ts';
import type { AnswerReader } from './verdict.ts';

/** A protocol that carries a conversation over polls, and says in each request which conversation. */
export type PollDialect = 'engine.io' | 'sockjs' | 'bayeux';

/** A request of a dialect. Its texts are bounded, and parts of what they were read from: whoever keeps one copies it. */
export interface DialectRequest {
  readonly dialect: PollDialect;
  /** `send`: it brings what the client has to say, and its answer is only a receipt. */
  readonly role: 'poll' | 'send';
  /** Where the conversation takes place: a path, without what differs between its requests. */
  readonly place: string;
  /** Which conversation: undefined of a handshake, whose answer tells. */
  readonly session: string | undefined;
  /** Whether it is sure enough to begin a series, where the session is not known. */
  readonly mayBegin: boolean;
  /** Reads the session, of any length, out of a handshake's answer. */
  readonly sessionOf: (content: Bytes) => string | undefined;
  readonly read: AnswerReader;
}

const NO_SESSION = () => undefined;

/** The dialect's request that this is, where its target and method say so. */
export function dialectRequest(method: string, target: string): DialectRequest | undefined {
  if (method !== 'GET' && method !== 'POST') return undefined;
  return engineIoRequest(method, target) ?? sockJsRequest(method, target);
}

/** Engine.IO: `/socket.io/?EIO=4&transport=polling&sid=…`; a GET polls, a POST sends, a GET without sid opens. */
function engineIoRequest(method: string, target: string): DialectRequest | undefined {
  if (!target.includes('transport=polling')) return undefined;
  const version = queryValue(target, 'EIO');
  const sid = queryValue(target, 'sid');
  if (version === undefined || queryValue(target, 'transport') !== 'polling') return undefined;
  if (!sid && method === 'POST') return undefined;
  const revision = Number(version); // of the target itself nothing is kept
  return {
    dialect: 'engine.io',
    role: method === 'GET' ? 'poll' : 'send',
    place: pathOf(target),
    session: sid ? bounded(sid) : undefined,
    mayBegin: true,
    sessionOf: engineIoSession,
    read: (content) => engineIoAnswer(content, revision),
  };
}

/** `/<prefix>/<server>/<session>/<transport>`, of which no part but the prefix holds a point. */
const SOCKJS_PATH = /^(.*\/[^/.]+\/([^/.]+))\/(xhr|xhr_streaming|xhr_send|jsonp|jsonp_send|htmlfile)$/;

/** SockJS: XHRs are POSTs; JSONP and the page in a frame are GETs that name a callback. */
function sockJsRequest(method: string, target: string): DialectRequest | undefined {
  const [, place, session, transport] = SOCKJS_PATH.exec(pathOf(target)) ?? [];
  if (place === undefined || session === undefined || transport === undefined) return undefined;
  const isGet = transport === 'jsonp' || transport === 'htmlfile';
  if (isGet !== (method === 'GET')) return undefined;
  if (isGet && (queryValue(target, 'c') ?? queryValue(target, 'callback')) === undefined) return undefined;
  return {
    dialect: 'sockjs',
    role: transport.endsWith('_send') ? 'send' : 'poll',
    place: bounded(place),
    session: bounded(session),
    mayBegin: true,
    sessionOf: NO_SESSION,
    read: isGet ? sockJsScript : sockJsAnswer,
  };
}

/** CometD's clients append the message's type to the path. */
const BAYEUX_SUFFIX = /\/(handshake|connect|disconnect)$/;

/** Whether the body of such a request could be Bayeux: a JSON text that is posted. */
export function mayBeBayeux(method: string, fields: readonly Field[]): boolean {
  return method === 'POST' && /^(application|text)\/json\b/i.test(fieldValue(fields, 'content-type') ?? '');
}

/** Bayeux: what a request is stands in its body alone. A connect polls, a handshake opens, all else sends. */
export function bayeuxRequest(target: string, body: Bytes): DialectRequest | undefined {
  const messages = bayeuxMessages(body);
  const channels = messages.map(({ channel }) => channel);
  const session = messages.find(({ clientId }) => clientId !== undefined)?.clientId;
  if (session === undefined && !channels.includes('/meta/handshake')) return undefined;
  return {
    dialect: 'bayeux',
    role: channels.includes('/meta/connect') ? 'poll' : 'send',
    place: pathOf(target).replace(BAYEUX_SUFFIX, ''),
    session: session === undefined ? undefined : bounded(session),
    mayBegin: channels.some((channel) => channel === '/meta/handshake' || channel === '/meta/connect'),
    sessionOf: bayeuxClientId,
    read: bayeuxAnswer,
  };
}

function pathOf(target: string): string {
  const path = originForm(target);
  const queryStart = path.indexOf('?');
  return bounded(queryStart < 0 ? path : path.slice(0, queryStart));
}
