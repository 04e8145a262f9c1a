import type { TapSink } from '../tap.ts';
import { client, server } from './conversations.ts';
import { FACTS } from './tap-script.ts';

const MILLISECOND = 1_000_000;

/** A client on one connection that asks each second; each of `bodies` is the next answer, 20 ms later. */
export function playPolls(sink: TapSink, bodies: readonly string[], target = '/inbox', connection = 1): void {
  sink({ type: 'opened', connection, at: 0, facts: { ...FACTS, client: connection } });
  bodies.forEach((body, index) => {
    const at = (index + 1) * 1000 * MILLISECOND;
    const { bytes: asked } = client(`GET ${target} HTTP/1.1\nHost: chat.example\n\n`);
    const { bytes: answer } = server(`HTTP/1.1 200 OK\nContent-Length: ${body.length}\n\n`, body);
    sink({ type: 'bytes', connection, at, from: 'client', bytes: asked });
    sink({ type: 'bytes', connection, at: at + 20 * MILLISECOND, from: 'server', bytes: answer });
  });
}
