import { describe, expect, test } from 'vitest';
import { memoryOf } from '../../testing/held-memory.ts';
import { emptyLedger } from '../ledger.ts';
import type { PolledExchange } from './exchange.ts';
import { PollSeriesFinder } from './series-finder.ts';

const SECOND = 1_000_000_000;
const MEBIBYTE = 1 << 20;

interface Asked {
  readonly target: string;
  readonly at: number;
  readonly host?: string;
  readonly post?: string;
  readonly answer?: string;
}

/** Asks, and answers 20 ms later; texts are parts of one as those off the wire are. */
function poll(finder: PollSeriesFinder, number: number, asked: Asked): void {
  const { target, at, host = 'h', post, answer = 'x' } = asked;
  const [wireTarget = '', wireHost = '', etag = ''] = `${target} ${host} "${target}"`.split(' ');
  const exchange: { -readonly [Key in keyof PolledExchange]: PolledExchange[Key] } = {
    number,
    connection: number,
    openedAt: at,
    respondedAt: undefined,
    closedAt: undefined,
    protocol: 'http1',
    request: {
      method: post === undefined ? 'GET' : 'POST',
      target: wireTarget,
      fields: post === undefined ? [] : [{ name: 'Content-Type', value: 'application/json' }],
    },
    response: undefined,
    ledger: emptyLedger(),
  };
  const bodies = {
    isComplete: true,
    request: () => Buffer.from(post ?? ''),
    response: () => Buffer.from(answer),
  };
  exchange.ledger.server.payload = answer.length;
  finder.asked(exchange, '10.0.0.1', wireHost);
  finder.requested(exchange, bodies);
  exchange.respondedAt = exchange.closedAt = at + SECOND / 50;
  exchange.response = { status: 200, fields: [{ name: 'ETag', value: etag }] };
  finder.answered(exchange, bodies);
}

interface Worst {
  readonly name: string;
  readonly polls: number;
  readonly asked: (index: number) => Asked;
  readonly series: number;
  /** Mebibytes. */
  readonly most: number;
}

/** At a rhythm that is none: each pause is twice the one before. */
function uneven(round: number): number {
  return 2 ** round * SECOND;
}

const HANDSHAKE = '[{"channel":"/meta/handshake"}]';
const io = '/io/?EIO=4&transport=polling';

describe('what a finder holds is bounded, whatever peers do', () => {
  test.each<Worst>([
    {
      name: 'resources asked for again and again in vain, with values that vary',
      polls: 30_000,
      asked: (index) => {
        const round = Math.floor(index / 5000);
        return { target: `/${index % 5000}?n=${round}${'v'.repeat(100)}`, at: uneven(round) };
      },
      series: 0,
      most: 16,
    },
    {
      name: 'handshakes that are answered with long names',
      polls: 200,
      asked: (index) => ({
        target: '/cometd',
        at: index * SECOND,
        post: HANDSHAKE,
        answer: `[{"channel":"/meta/handshake","clientId":"${'c'.repeat(60_000)}${index}"}]`,
      }),
      series: 200,
      most: 2,
    },
    {
      name: 'one conversation with a long host',
      polls: 2000,
      asked: (index) => ({ target: `${io}&sid=a`, host: 'h'.repeat(1000), at: index * SECOND }),
      series: 1,
      most: 0.5,
    },
  ])('$name', async ({ polls, asked, series, most }) => {
    const held = await memoryOf(() => {
      const finder = new PollSeriesFinder();
      for (let index = 0; index < polls; index++) poll(finder, index + 1, asked(index));
      expect(finder.series).toHaveLength(series);
      return finder;
    });
    expect(held).toBeLessThan(most * MEBIBYTE);
  });

  test('where there is no room for more series none begin, and those there are go on', () => {
    const room = 100_000;
    const finder = new PollSeriesFinder(room);
    const host = 'h'.repeat(300);
    for (let index = 0; index < 200; index++) {
      poll(finder, index + 1, {
        target: `${io}&sid=${'s'.repeat(300)}${index % 100}`,
        host,
        at: index * SECOND,
      });
    }
    const bytes = finder.series.reduce((sum, series) => sum + series.bytes, 0);
    expect(bytes).toBeGreaterThan(room);
    expect(bytes).toBeLessThan(room + 3000);
    expect(finder.series.map(({ polls }) => polls)).toEqual(Array(finder.series.length).fill(2));
  });
});
