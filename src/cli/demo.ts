import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChatClients } from '../lab/chat-clients.ts';
import { ChatRoom } from '../lab/chat-room.ts';
import { startChatServer } from '../lab/chat-server.ts';
import { openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { LeafCertificates } from '../proxy/leaf-certificates.ts';
import type { Activity } from './weigh.ts';

/** A chat in one room: two servers, with and without TLS, and clients that talk through the proxy. */
export async function demo(): Promise<Activity> {
  // The demo's servers have an authority of their own, as a real server does: the proxy verifies it like any other.
  const folder = await mkdtemp(join(tmpdir(), 'tare-demo-'));
  const authority = await openCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  return {
    roots: [authority.certificatePem],
    start: async (proxy, ours) => {
      const room = new ChatRoom();
      const tls = await new LeafCertificates(authority).secureContext('localhost');
      const plain = await startChatServer({ room });
      const secure = await startChatServer({ room, tls });
      const stop = new AbortController();
      const { finished } = startChatClients({
        proxy: proxy.address,
        plainOrigin: plain.url,
        tlsOrigin: `https://localhost:${secure.port}`,
        ca: ours.certificatePem,
        signal: stop.signal,
        onProblem: (message) => process.stderr.write(`demo: ${message}\n`),
      });
      return {
        [Symbol.asyncDispose]: async () => {
          stop.abort();
          await finished;
          await plain[Symbol.asyncDispose]();
          await secure[Symbol.asyncDispose]();
        },
      };
    },
  };
}
