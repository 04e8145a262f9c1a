import type { Bytes, Side } from '../tap.ts';
import { openInflater } from './content-encoding.ts';
import { fieldValue, fieldValues } from './http1/fields.ts';
import type { ResponseHead } from './http1/head.ts';
import { Http1Conversation, type ProtocolSwitch } from './http1/http1-conversation.ts';
import { HTTP1_LIMITS } from './http1/limits.ts';
import type { Layer, Origin, Succession } from './layer.ts';
import { EventStreamBody, isEventStream } from './sse-body.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import { acceptViolation } from './websocket/accept-key.ts';
import { readExtensions } from './websocket/extensions.ts';
import { WebSocketConversation } from './websocket/websocket-conversation.ts';
import type { WireEvent } from './wire-event.ts';

/** What reads a tunnel from its beginning on. */
type OpenTunnel = (origin: Origin) => Layer;

/** HTTP/1, with the event streams inside its responses, until it switches to WebSocket or something else. */
export class HttpLayer implements Layer {
  readonly #openTunnel: OpenTunnel;
  readonly #http: Http1Conversation;
  /** Bytes of each direction so far, with those before this layer's. */
  readonly #pushed: Record<Side, number>;
  readonly #ended: Side[] = [];
  readonly #followsHole: boolean;

  constructor(origin: Origin, openTunnel: OpenTunnel) {
    this.#openTunnel = openTunnel;
    this.#http = new Http1Conversation(origin, HTTP1_LIMITS, openEventStream);
    this.#pushed = { client: origin.client, server: origin.server };
    this.#followsHole = origin.followsHole === true;
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    this.#pushed[from] += bytes.length;
    return this.#http.push(from, bytes);
  }

  lose(from: Side, length: number): WireEvent[] {
    this.#pushed[from] += length;
    return this.#http.lose(from, length);
  }

  end(from: Side, isCutOff = false): WireEvent[] {
    this.#ended.push(from);
    return this.#http.end(from, isCutOff);
  }

  next(): Succession | undefined {
    const found = this.#http.switched();
    if (!found) return undefined;
    const { exchange, rest, isBehindHole } = found;
    const origin = {
      exchange,
      isOpen: true,
      client: this.#pushed.client - rest.client.length,
      server: this.#pushed.server - rest.server.length,
      followsHole: this.#followsHole,
    };
    const { layer, events } = this.#successor(found, origin);
    // Where its first bytes are missing it cannot know where in its protocol it begins.
    const lost = isBehindHole ? layer.lose('client', 0) : [];
    return { layer, events: [...events, ...lost], rest, ended: this.#ended };
  }

  /** What speaks on after a 101, or a 2xx to CONNECT. */
  #successor(found: ProtocolSwitch, origin: Origin): Pick<Succession, 'layer' | 'events'> {
    const { exchange, response } = found;
    if (response.status !== 101) return { layer: this.#openTunnel(origin), events: [] };
    switch (fieldValue(response.fields, 'upgrade')?.toLowerCase()) {
      case 'websocket':
        return webSocket(found, origin);
      case 'h2c': {
        const layer = new UndecodedConversation('http2', origin);
        return { layer, events: [{ type: 'exchange', exchange, protocol: 'http2' }] };
      }
      default: {
        const layer = new TcpConversation(origin);
        return { layer, events: [{ type: 'exchange', exchange, protocol: 'tcp' }] };
      }
    }
  }
}

/** A response that is an event stream has its body told as messages. */
function openEventStream(
  exchange: number,
  head: ResponseHead,
  told: WireEvent[],
): EventStreamBody | undefined {
  if (head.status !== 200 || !isEventStream(fieldValue(head.fields, 'content-type'))) return undefined;
  told.push({ type: 'exchange', exchange, protocol: 'sse' });
  const contentEncoding = fieldValues(head.fields, 'content-encoding').join(', ');
  return new EventStreamBody({ exchange, from: 'server', contentEncoding });
}

/** What was agreed on in the handshake, and what was wrong with it. */
function webSocket(
  { exchange, request, response }: ProtocolSwitch,
  origin: Origin,
): Pick<Succession, 'layer' | 'events'> {
  const { extensions, violations } = readExtensions(
    request && fieldValues(request.fields, 'sec-websocket-extensions'),
    fieldValues(response.fields, 'sec-websocket-extensions'),
  );
  const stranger = request && acceptViolation(request, response);
  const all = stranger ? [{ ...stranger, from: 'server' as const }, ...violations] : violations;
  const faults = all.map(({ from, rule, detail }): WireEvent => {
    return { type: 'fault', exchange, from, start: origin[from], rule, detail };
  });
  const openDeflate = (windowBits: number, limit: number) => openInflater('deflate-raw', limit, windowBits);
  return {
    layer: new WebSocketConversation({ origin, extensions, openInflater: openDeflate }),
    events: [{ type: 'exchange', exchange, protocol: 'websocket' }, ...faults],
  };
}
