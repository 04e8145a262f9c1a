import type { Bytes, Side } from '../tap.ts';
import { openInflater } from './content-encoding.ts';
import { fieldValue, fieldValues } from './http1/fields.ts';
import type { ResponseHead } from './http1/head.ts';
import { Http1Conversation, type ProtocolSwitch } from './http1/http1-conversation.ts';
import { HTTP1_LIMITS } from './http1/limits.ts';
import { BEGINNING, type Layer, type Origin, type Succession } from './layer.ts';
import { EventStreamBody, isEventStream } from './sse-body.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import { readExtensions } from './websocket/extensions.ts';
import { WebSocketConversation } from './websocket/websocket-conversation.ts';
import type { WireEvent } from './wire-event.ts';

/** HTTP/1, with the event streams inside its responses, until it switches to WebSocket or something else. */
export class HttpLayer implements Layer {
  readonly #http = new Http1Conversation(BEGINNING.exchange, HTTP1_LIMITS, openEventStream);
  readonly #pushed = { client: 0, server: 0 };
  readonly #ended: Side[] = [];

  push(from: Side, bytes: Bytes): WireEvent[] {
    this.#pushed[from] += bytes.length;
    return this.#http.push(from, bytes);
  }

  end(from: Side): WireEvent[] {
    this.#ended.push(from);
    return this.#http.end(from);
  }

  next(): Succession | undefined {
    const found = this.#http.switched();
    if (!found) return undefined;
    const { exchange, rest } = found;
    const origin = {
      exchange,
      client: this.#pushed.client - rest.client.length,
      server: this.#pushed.server - rest.server.length,
    };
    return { ...successor(found, origin), rest, ended: this.#ended };
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

/** What speaks on after a 101, or a 2xx to CONNECT. */
function successor(found: ProtocolSwitch, origin: Origin): Pick<Succession, 'layer' | 'events'> {
  const { exchange, request, response } = found;
  const upgrade = fieldValue(response.fields, 'upgrade')?.toLowerCase();
  if (response.status !== 101 || (upgrade !== 'websocket' && upgrade !== 'h2c')) {
    return { layer: new TcpConversation(origin), events: [{ type: 'exchange', exchange, protocol: 'tcp' }] };
  }
  if (upgrade === 'h2c') {
    const layer = new UndecodedConversation('http2', origin);
    return { layer, events: [{ type: 'exchange', exchange, protocol: 'http2' }] };
  }
  const offered = request && fieldValues(request.fields, 'sec-websocket-extensions');
  const { extensions, violations } = readExtensions(
    offered,
    fieldValues(response.fields, 'sec-websocket-extensions'),
  );
  const faults = violations.map(({ from, rule, detail }): WireEvent => {
    return { type: 'fault', exchange, from, start: origin[from], rule, detail };
  });
  const openDeflate = (windowBits: number, limit: number) => openInflater('deflate-raw', limit, windowBits);
  return {
    layer: new WebSocketConversation({ origin, extensions, openInflater: openDeflate }),
    events: [{ type: 'exchange', exchange, protocol: 'websocket' }, ...faults],
  };
}
