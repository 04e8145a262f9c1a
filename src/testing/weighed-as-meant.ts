import fc from 'fast-check';
import { expect } from 'vitest';
import { addWeight, emptyLedger, type Ledger } from '../session/ledger.ts';
import type { DirectionBytes } from '../tap.ts';
import type { ConversationScript } from './conversation-script.ts';
import { cuts } from './cuts.ts';
import { type StoryExchange, storyOf } from './exchange-story.ts';
import { randomConversation } from './random-conversation.ts';
import { type Played, type Stage, startStage, type Way } from './stage.ts';

/** What fails by hanging takes seconds each time: shrinking is to end some day. */
const MAX_TIME_MS = 90_000;

const ways = fc.constantFrom<Way>('forward', 'connect', 'tls');

/**
 * Plays so many random conversations through a proxy, and asserts that their bytes arrive as they were said, and that what
 * is told of them is what they were made of.
 */
export async function expectWeighedAsMeant(runs: number): Promise<void> {
  const stages = new Stages();
  const property = fc.asyncProperty(randomConversation, ways, cuts, (script, way, places) =>
    stages.on(async (stage) => expectAsMeant(await stage.play(script, way, places), script, way, stage)),
  );
  try {
    await fc.assert(property, {
      numRuns: runs,
      interruptAfterTimeLimit: MAX_TIME_MS,
      markInterruptAsFailure: true,
    });
    stages.expectBalance();
  } finally {
    await stages.leave();
  }
}

/** One stage for all conversations; after one that failed another, as who knows what waits on the old one. */
class Stages {
  #stage: Stage | undefined;

  async on(play: (stage: Stage) => Promise<void>): Promise<void> {
    const stage = this.#stage ?? (await startStage());
    this.#stage = stage;
    try {
      await play(stage);
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  /** Every connection in order, and its books with the sockets' own counters. */
  expectBalance(): void {
    const session = this.#stage?.session;
    expect(session?.audit()).toEqual({ balanced: session?.connections.size, cutOff: 0, imbalances: [] });
  }

  /** Whatever its books say: after a failure that is no news. */
  async leave(): Promise<void> {
    const stage = this.#stage;
    this.#stage = undefined;
    await stage?.[Symbol.asyncDispose]().catch(() => {});
  }
}

function expectAsMeant(
  { delivered, exchanges, faults, connection }: Played,
  script: ConversationScript,
  way: Way,
  { authority }: Stage,
): void {
  expect(storyOf(exchanges)).toEqual(storyOf(script.exchanges));
  expect(faults).toEqual([]);
  const said = { client: script.bytes('client'), server: script.bytes('server') };
  expect(delivered).toEqual(said);
  const { reason, closing, ledger, own } = connection;
  expect(reason).toBe('ended');
  expect(closing?.tapped).toEqual({ client: said.client.length, server: said.server.length });
  if (way !== 'tls') expect(closing?.proxy).toEqual(proxyBytes(script, way, authority));
  const tls = closing?.tls ?? { client: 0, server: 0 };
  expect([tls.client > 0, tls.server > 0]).toEqual([way === 'tls', way === 'tls']);
  expect({ ledger, own }).toEqual({ ledger: sum(exchanges, tls), own: sum([], tls) });
}

/** What passes on the client's socket because of the proxy alone. */
function proxyBytes(script: ConversationScript, way: Way, authority: string): DirectionBytes {
  if (way === 'forward') return { client: script.proxyBytes(authority), server: 0 };
  const asked = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
  const answered = 'HTTP/1.1 200 Connection Established\r\n\r\n';
  return { client: asked.length, server: answered.length };
}

function sum(exchanges: readonly StoryExchange[], tls: DirectionBytes): Ledger {
  const total = emptyLedger();
  for (const from of ['client', 'server'] as const) {
    for (const { ledger } of exchanges) addWeight(total[from], { tls: 0, ...ledger[from] });
    total[from].tls = tls[from];
  }
  return total;
}
