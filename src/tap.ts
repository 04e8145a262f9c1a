/**
 * The seam between what moves bytes and what understands them. A live proxy, a capture file and a test are
 * sources of tap events; the session, a recorder and a benchmark are sinks of them.
 *
 * One connection's events come in this order: `opened`, then `bytes` and `ended` as they happen, then `closed`;
 * or a single `failed`, when there was no connection to be had.
 */

/** Who sent the bytes. */
export type Side = 'client' | 'server';

/** Bytes on loan from the relay, which sends the very same memory on: read them, never write, copy to keep. */
export type Bytes = Readonly<Uint8Array>;

/** A host as it was asked for, and its port. IPv6 addresses stand here without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * How the client reached the server through tare; or without it: `capture` is one that a packet capture by others saw, `har`
 * one whose bytes were written anew from what a HAR tells of it.
 */
export type ConnectionMode = 'forward' | 'connect' | 'reverse' | 'capture' | 'har';

/** What TLS agreed on with the server. */
export interface TlsFacts {
  /** As Node names it: 'TLSv1.3'. */
  readonly version: string;
  readonly cipher: string;
  /** The protocol the server chose, where it chose one. */
  readonly alpn: string | undefined;
  /** The name the client asked for. */
  readonly serverName: string | undefined;
}

/** What is known of a connection when it opens. */
export interface ConnectionFacts {
  readonly mode: ConnectionMode;
  /** Number of the client's socket: connections with the same one came over the same socket. */
  readonly client: number;
  readonly clientAddress: Endpoint;
  /** As the client asked for it. */
  readonly server: Endpoint;
  /** Where it was found: an IP address. Undefined in reverse mode, where requests share a pool of sockets to the server. */
  readonly serverAddress: Endpoint | undefined;
  /** Present when the tunnel's TLS was opened. */
  readonly tls: TlsFacts | undefined;
  /** Milliseconds each step took, where there was such a step. */
  readonly timings: { readonly dns?: number; readonly connect?: number; readonly tls?: number };
  /** Its bytes were written anew from what a file tells of their meaning: sizes, framing and cuts are not those that travelled. */
  readonly reconstructed?: true;
}

/** Bytes of a connection in each direction, by who sent them. */
export interface DirectionBytes {
  readonly client: number;
  readonly server: number;
}

/**
 * The sockets' own counters when a connection closed.
 *
 * Balance, for each direction of a connection that closed in order: `tapped + tls = upstream` (not in reverse mode), and summed
 * over the connections of one client socket: `tapped + proxy + clientTls = downstream`.
 */
export interface ClosingFacts {
  /** Bytes handed to the tap, and those it told of as lost. */
  readonly tapped: DirectionBytes;
  /** What passed on the socket to the server: record and handshake bytes included. 0 in reverse mode: that socket is shared. */
  readonly upstream: DirectionBytes;
  /** TLS record and handshake bytes on the server's side. 0 where TLS was not opened. */
  readonly tls: DirectionBytes;
  /** Bytes which exist only because tare stands there: CONNECT and its answer, absolute form, `Proxy-*` fields. */
  readonly proxy: DirectionBytes;
  /** What passed on the client's socket for this connection, TLS with our certificate included. */
  readonly downstream: DirectionBytes;
  /** Read from one side and not delivered to the other, because the other was gone. */
  readonly unrelayed: DirectionBytes;
  /**
   * Nobody told the counters: a HAR of others, or a recording that ends before the connection does, as a crash leaves it. Those
   * above but `tapped` are 0 and say nothing; where TLS was opened, what it took is unknown.
   */
  readonly unknown?: true;
  /** Known of packet captures only. There the counters above but `tapped` are 0: nobody saw the sockets. */
  readonly network?: NetworkFacts;
}

/** What a connection took of the network below it, each by who sent it. */
export interface NetworkFacts {
  readonly packets: DirectionBytes;
  /** Bytes of IP and TCP headers, options and extension headers included. */
  readonly headers: DirectionBytes;
  /** Payload bytes that were sent again. */
  readonly retransmitted: DirectionBytes;
  /** Payload bytes that travelled and the capture lacks; the tap told of them as `lost`. */
  readonly missing: DirectionBytes;
  /** From the SYN to the SYN with ACK, in milliseconds; undefined where the capture lacks one of them. */
  readonly roundTrip: number | undefined;
}

/**
 * Why a connection closed: in order (both sides ended), or cut off by one of them. A client that closed the TLS opened
 * to it without a byte sent, on a host where that never worked, probably refused our certificate. A server that wants to see
 * one of the client's says so when the handshake is over (TLS 1.3). Of a connection that was
 * still open at the end of a capture, or of what a crash left of one, nothing more is known.
 */
export type CloseReason =
  | 'ended'
  | 'client-gone'
  | 'server-gone'
  | 'client-reset'
  | 'server-reset'
  | 'client-refused'
  | 'certificate-required'
  | 'stopped'
  | 'capture-ended';

/** Why a connection never came to be: a word for programs and a sentence for people. */
export interface ConnectionFailure {
  readonly code: FailureCode;
  /** What was tried, with what, and what happened. */
  readonly message: string;
}

export type FailureCode =
  | 'DNS_FAILED'
  | 'UPSTREAM_REFUSED'
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_RESET'
  | 'UPSTREAM_TLS_FAILED'
  | 'UPSTREAM_CERTIFICATE_REFUSED'
  | 'UPSTREAM_NOT_HTTP'
  | 'CLIENT_TLS_FAILED'
  | 'CLIENT_CERTIFICATE_REFUSED'
  | 'CLIENT_GONE'
  | 'CLIENT_TIMEOUT'
  | 'BAD_REQUEST'
  | 'LOOP';

export type TapEvent = {
  /** Numbers connections within their source, from 1. */
  readonly connection: number;
  /** Whole nanoseconds since the source's epoch; a safe integer for 104 days. */
  readonly at: number;
} & (
  | { readonly type: 'opened'; readonly facts: ConnectionFacts }
  | { readonly type: 'bytes'; readonly from: Side; readonly bytes: Bytes }
  /** Bytes that travelled and the source does not have: a packet capture with holes. */
  | { readonly type: 'lost'; readonly from: Side; readonly length: number }
  | { readonly type: 'ended'; readonly from: Side }
  | { readonly type: 'closed'; readonly reason: CloseReason; readonly closing: ClosingFacts }
  | {
      readonly type: 'failed';
      readonly mode: ConnectionMode;
      readonly client: number;
      readonly clientAddress: Endpoint;
      readonly server: Endpoint | undefined;
      readonly failure: ConnectionFailure;
      /** What tare and the client said to each other about it, by who sent it: `proxy` bytes all of them. */
      readonly proxy: DirectionBytes;
    }
);

/** Takes tap events. It must not throw, and must be done with borrowed bytes when it returns. */
export type TapSink = (event: TapEvent) => void;
