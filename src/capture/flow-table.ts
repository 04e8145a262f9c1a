import type { Bytes } from '../tap.ts';
import type { IpPacket } from './ip-packet.ts';
import type { TcpConnection } from './tcp-connection.ts';
import type { TcpSegment } from './tcp-segment.ts';

/** Which end of a connection sent a packet: 0 sent the first. */
export type EndIndex = 0 | 1;

/** The place of a connection between two addresses and ports. */
export interface Flow {
  /** Addresses and ports, as a packet of end 0 has them: source and destination, source and destination. */
  readonly key: Uint8Array;
  readonly hash: number;
  connection: TcpConnection;
  /** The end that sent the packet by which it was found last. */
  from: EndIndex;
  /** The next one with the same hash. */
  next: Flow | undefined;
  older: Flow | undefined;
  newer: Flow | undefined;
  list: FlowList | undefined;
}

/** Flows in the order in which they were last touched. */
class FlowList {
  #oldest: Flow | undefined;
  #newest: Flow | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Flow | undefined {
    return this.#oldest;
  }

  /** Makes it the newest here. */
  touch(flow: Flow): void {
    if (this.#newest === flow) return;
    flow.list?.remove(flow);
    flow.list = this;
    flow.older = this.#newest;
    if (this.#newest) this.#newest.newer = flow;
    else this.#oldest = flow;
    this.#newest = flow;
    this.#size++;
  }

  remove(flow: Flow): void {
    const { older, newer } = flow;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    flow.list = undefined;
    flow.older = undefined;
    flow.newer = undefined;
    this.#size--;
  }
}

const PORTS = 4;

/** Finds flows by addresses and ports, whichever end sends: 0.1 us. Hashes are seeded, so that no file can make them meet. */
export class FlowTable {
  /** Flows whose connections are open. */
  readonly open = new FlowList();
  /** Flows whose connections are over, for what still comes of them. */
  readonly over = new FlowList();
  readonly #flows = new Map<number, Flow>();
  readonly #seed = Math.floor(Math.random() * 2 ** 31);

  /** The flow that a packet belongs to, which then says from which end. */
  find(packet: IpPacket, segment: TcpSegment): Flow | undefined {
    let flow = this.#flows.get(this.#hash(packet, segment));
    while (flow) {
      const from = endOf(flow.key, packet);
      if (from !== undefined) {
        flow.from = from;
        return flow;
      }
      flow = flow.next;
    }
    return undefined;
  }

  /** A new flow, of which this packet is the first. */
  add(packet: IpPacket, segment: TcpSegment, connection: TcpConnection): Flow {
    const hash = this.#hash(packet, segment);
    const key = keyOf(packet);
    const links = { next: this.#flows.get(hash), older: undefined, newer: undefined, list: undefined };
    const flow: Flow = { key, hash, connection, from: 0, ...links };
    this.#flows.set(hash, flow);
    this.open.touch(flow);
    return flow;
  }

  remove(flow: Flow): void {
    flow.list?.remove(flow);
    const first = this.#flows.get(flow.hash);
    if (first === flow) {
      if (flow.next) this.#flows.set(flow.hash, flow.next);
      else this.#flows.delete(flow.hash);
      return;
    }
    for (let before = first; before; before = before.next) {
      if (before.next === flow) before.next = flow.next;
    }
  }

  #hash({ bytes, version, addresses }: IpPacket, { sourcePort, destinationPort }: TcpSegment): number {
    const length = version === 4 ? 4 : 16;
    const source = hashOf(bytes, addresses, length, this.#seed ^ sourcePort);
    return (source + hashOf(bytes, addresses + length, length, this.#seed ^ destinationPort)) | 0;
  }
}

function hashOf(bytes: Bytes, offset: number, length: number, seed: number): number {
  let hash = seed;
  for (let index = offset; index < offset + length; index += 4) {
    const word =
      (bytes[index]! << 24) | (bytes[index + 1]! << 16) | (bytes[index + 2]! << 8) | bytes[index + 3]!;
    hash = Math.imul(hash ^ word, 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  return Math.imul(hash, 0xc2b2_ae35);
}

function keyOf({ bytes, version, addresses, payload }: IpPacket): Uint8Array {
  const length = version === 4 ? 8 : 32;
  const key = new Uint8Array(length + PORTS);
  key.set(bytes.subarray(addresses, addresses + length));
  key.set(bytes.subarray(payload, payload + PORTS), length);
  return key;
}

/** The end that sent the packet, if it belongs to the flow with this key. */
function endOf(key: Uint8Array, { bytes, version, addresses, payload }: IpPacket): EndIndex | undefined {
  const length = version === 4 ? 4 : 16;
  if (key.length !== 2 * length + PORTS) return undefined;
  const isForth =
    isSame(key, 0, bytes, addresses, 2 * length) && isSame(key, 2 * length, bytes, payload, PORTS);
  if (isForth) return 0;
  const isBack =
    isSame(key, 0, bytes, addresses + length, length) &&
    isSame(key, length, bytes, addresses, length) &&
    isSame(key, 2 * length, bytes, payload + 2, 2) &&
    isSame(key, 2 * length + 2, bytes, payload, 2);
  return isBack ? 1 : undefined;
}

function isSame(key: Uint8Array, start: number, bytes: Bytes, offset: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (key[start + index] !== bytes[offset + index]) return false;
  }
  return true;
}
