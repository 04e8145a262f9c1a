import { type Exchange, fieldValue } from '../../../session/exchange.ts';
import type { PollSeries } from '../../../session/polling/series.ts';
import type { Session } from '../../../session/session.ts';
import { harmless } from '../../harmless.ts';
import { type Piece, piece } from '../../styled-line.ts';
import { timeSpan } from '../../time-span.ts';

/** Messages at the end of a WebSocket among which its close is looked for: those of others lie between. */
const CLOSE_ROWS = 256;

const CODINGS: Readonly<Record<string, string>> = {
  gzip: 'gz',
  'x-gzip': 'gz',
  deflate: 'df',
  br: 'br',
  zstd: 'zs',
};

/** How an exchange is: its status, whether it is open, how it ended; `interval` is that of its pings. */
export function exchangeState(session: Session, exchange: Exchange, interval: number | undefined): Piece {
  const isOpen = exchange.closedAt === undefined;
  switch (exchange.protocol) {
    case 'websocket':
      return webSocketState(session, exchange, interval);
    case 'sse':
      return isOpen ? piece(openWords(exchange, interval), 'strong') : piece('closed', 'dim');
    case 'http1':
    case 'http2':
      return statusState(exchange);
    case 'tcp':
    case 'tls':
      return isOpen ? piece('open', 'strong') : piece('closed', 'dim');
  }
}

/** `long 24.9s` or `short 1.0s`: how it is held, or how often it asks. */
export function seriesState({ kind, hold, cadence }: PollSeries): Piece {
  const span = kind === 'long' ? hold : cadence;
  return piece(span === undefined ? kind : `${kind} ${timeSpan(span)}`, 'strong');
}

function statusState({ response, request, closedAt }: Exchange): Piece {
  if (response) return piece(String(response.status), statusTone(response.status));
  if (closedAt !== undefined) return piece('no answer', 'fault');
  return piece(request ? 'open' : 'connecting', 'strong');
}

function statusTone(status: number): Piece['tone'] {
  if (status >= 500) return 'fault';
  return status >= 400 ? 'framing' : 'plain';
}

function webSocketState(session: Session, exchange: Exchange, interval: number | undefined): Piece {
  const code = closeCode(session, exchange);
  if (exchange.closedAt !== undefined) return closedState(code);
  if (code !== undefined) return piece(`closing ${code}`.trimEnd(), 'strong');
  return piece(exchange.response ? openWords(exchange, interval) : 'connecting', 'strong');
}

/** 1006 is what a program is told whose WebSocket went without a close (RFC 6455 section 7.4.1). */
function closedState(code: string | undefined): Piece {
  if (code === undefined) return piece('1006 abrupt', 'fault');
  return piece(
    `closed ${code}`.trimEnd(),
    code === '' || code === '1000' || code === '1001' ? 'dim' : 'fault',
  );
}

/** Of the last close; '' of one without a code, undefined where there is none. */
function closeCode({ messages }: Session, exchange: Exchange): string | undefined {
  const end = exchange.messagesUntil ?? messages.length;
  const start = Math.max(exchange.messagesFrom, end - CLOSE_ROWS);
  for (let number = end - 1; number >= start; number--) {
    if (messages.exchangeOf(number) !== exchange.number) continue;
    const { kind, name } = messages.row(number);
    if (kind === 'close') return harmless(name.split(' ')[0] ?? '');
  }
  return undefined;
}

function openWords(exchange: Exchange, interval: number | undefined): string {
  const beat = interval === undefined ? '' : `♥ ${timeSpan(interval).replace('.0s', 's')}`;
  return ['open', compression(exchange), beat].filter(Boolean).join(' ');
}

function compression({ response, protocol }: Exchange): string {
  if (!response) return '';
  if (protocol !== 'websocket') return CODINGS[fieldValue(response.fields, 'content-encoding') ?? ''] ?? '';
  const extensions = fieldValue(response.fields, 'sec-websocket-extensions') ?? '';
  return extensions.includes('permessage-deflate') ? 'df' : '';
}
