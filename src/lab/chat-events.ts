import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { ChatNews, ChatRoom } from './chat-room.ts';

/** Milliseconds that clients are asked to wait before they reconnect. */
const RETRY = 2000;

/** What a stream of news is about. */
interface EventStreamSubject {
  readonly room: ChatRoom;
  readonly user: string;
  /** Whether the client asked for gzip and can read it. */
  readonly gzip: boolean;
  /** Milliseconds between two comments that keep the stream alive. */
  readonly heartbeat: number;
}

/** `GET /events`: the room as a stream of server-sent events, from `Last-Event-ID` on where the client shows one. */
export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  subject: EventStreamSubject,
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    ...(subject.gzip && { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }),
  });
  const stream = subject.gzip ? gzipped(response) : response;
  stream.write(`retry: ${RETRY}\n\n`);

  const lastSeen = Number(request.headers['last-event-id']);
  const missed = lastSeen >= 0 ? subject.room.after(lastSeen) : [];
  for (const message of missed) stream.write(eventText({ type: 'message', message }));

  const leave = subject.room.enter(subject.user, (news) => stream.write(eventText(news)));
  const beat = setInterval(() => stream.write(': keep-alive\n\n'), subject.heartbeat);
  response.once('close', () => {
    leave();
    clearInterval(beat);
    stream.destroy();
  });
}

/** Each write leaves at once: a compressor that waited for more would hold the news back. */
function gzipped(response: ServerResponse): Writable {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(response);
  return gzip;
}

function eventText(news: ChatNews): string {
  if (news.type === 'presence')
    return `event: presence\ndata: ${JSON.stringify({ online: news.online })}\n\n`;
  return `id: ${news.message.id}\nevent: message\ndata: ${JSON.stringify(news.message)}\n\n`;
}
