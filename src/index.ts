/** The library: a proxy that weighs real-time traffic, and the decoders without a proxy. See docs/library.md. */

export type { Field } from './decoders/http1/fields.ts';
export { fieldValue } from './decoders/http1/fields.ts';
export type { ExchangeProtocol } from './decoders/wire-event.ts';
export type { Connection } from './library/connection.ts';
export { type ConversationOptions, decodeConversation, type Piece } from './library/decode-conversation.ts';
export { decodeEventStream, type EventStreamOptions } from './library/decode-event-stream.ts';
export { decodeWebSocket, type WebSocketOptions } from './library/decode-websocket.ts';
export type { DecodedMessages } from './library/decoded-messages.ts';
export type { Exchange, Request, Response } from './library/exchange.ts';
export type { Fault } from './library/fault.ts';
export type { Message, MessageFacts, MessageKind } from './library/message.ts';
export type { PollSeries } from './library/poll-series.ts';
export type { ClientCertificate, PemText, ProxyOptions } from './library/proxy-options.ts';
export { type Capture, type CaptureOptions, readCapture } from './library/read-capture.ts';
export type { EventOf, SessionEvent, SessionEventType } from './library/session-event.ts';
export type { AwaitedEventType, SessionEvents, UntilOptions } from './library/session-events.ts';
export type { Imbalance, ProtocolTotals, Snapshot, Totals } from './library/snapshot.ts';
export { type ProxyAuthority, startProxy, type TareProxy } from './library/tare-proxy.ts';
export { NoEventError } from './library/wanted-event.ts';
export type { WeighedSession } from './library/weighed-session.ts';
export type { Ledger, Weight } from './library/weight.ts';
export type { Resolution } from './proxy/resolution.ts';
export type { Audit } from './session/audit.ts';
export { overheadRatio } from './session/ledger.ts';
export type { NetworkTotals } from './session/network-totals.ts';
export type { PollDialect } from './session/polling/dialect.ts';
export type { PollVerdict, Waste } from './session/polling/verdict.ts';
export type { Losses } from './session/session.ts';
export type {
  CloseReason,
  ClosingFacts,
  ConnectionFailure,
  ConnectionMode,
  DirectionBytes,
  Endpoint,
  FailureCode,
  NetworkFacts,
  Side,
  TlsFacts,
} from './tap.ts';
