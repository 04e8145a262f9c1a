import { type BodyFraming, requestBodyFraming } from '../decoders/http1/body-framing.ts';
import { fieldValue } from '../decoders/http1/fields.ts';
import { type RequestHead, readRequestHead } from '../decoders/http1/head.ts';
import type { Endpoint } from '../tap.ts';
import { absoluteTarget, authorityEndpoint } from './endpoint.ts';
import { originForm } from './origin-form.ts';

/** A request in absolute-form, ready to be sent to its origin. */
export interface ForwardRequest {
  readonly type: 'forward';
  readonly head: RequestHead;
  /** What tells this origin from others: its authority as the client wrote it. */
  readonly origin: string;
  readonly server: Endpoint;
  /** The head as the origin gets it, in origin-form. */
  readonly sent: Buffer;
  /** How many bytes shorter that is than what the client sent. */
  readonly left: number;
  readonly framing: BodyFraming;
  readonly asksToSwitch: boolean;
}

/** A request to be connected to its target, or one for the proxy itself. */
interface OtherRequest {
  readonly type: 'connect' | 'to-the-proxy';
  readonly head: RequestHead;
}

/** A request that cannot be sent on safely, and why. */
interface BadRequest {
  readonly type: 'bad';
  readonly head: RequestHead | undefined;
  readonly why: string;
}

/** What a client can ask the proxy for. */
export type ProxyRequest = ForwardRequest | OtherRequest | BadRequest;

/** What a client asks for with the head that `bytes` is. */
export function readProxyRequest(bytes: Buffer): ProxyRequest {
  const head = readRequestHead(bytes);
  if ('unreadable' in head) {
    return { type: 'bad', head: undefined, why: notHttp(head.unreadable) };
  }
  if (head.method === 'CONNECT') return { type: 'connect', head };
  const framing = requestBodyFraming(head);
  if (framing.conflict) return { type: 'bad', head, why: unsure(framing.conflict) };
  const target = absoluteTarget(head.method, head.target);
  if (!target) return { type: 'to-the-proxy', head };
  const server = authorityEndpoint(target.authority, 80);
  if (!server || (target.scheme !== 'http' && target.scheme !== 'ws')) {
    return { type: 'bad', head, why: `${JSON.stringify(head.target)} is no http:// URL with a host` };
  }
  const sent = originForm(bytes, head, target.path);
  return {
    type: 'forward',
    head,
    origin: target.authority,
    server,
    sent,
    left: bytes.length - sent.length,
    framing,
    asksToSwitch: fieldValue(head.fields, 'upgrade') !== undefined,
  };
}

/** A rule that a request broke. */
interface BrokenRule {
  readonly rule: string;
  readonly detail: string;
}

/** Why bytes are refused that are no request. */
export function notHttp({ rule, detail }: BrokenRule): string {
  return `this is not an HTTP request: ${detail} (${rule})`;
}

/** Why a request is refused whose end two recipients may see at different places. */
export function unsure({ rule, detail }: BrokenRule): string {
  return `where this request ends is not sure: ${detail} (${rule})`;
}
