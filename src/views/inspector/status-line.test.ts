import { describe, expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import { client, server } from '../../testing/conversations.ts';
import { FakeControls } from '../../testing/fake-controls.ts';
import { textOf } from '../../testing/shown-lines.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { PacedSums } from './paced-sums.ts';
import { statusLine } from './status-line.ts';

/** One exchange that is over, one that is open. */
function talking(): Session {
  const session = new Session();
  new TapScript(session.take)
    .open()
    .say(client('GET / HTTP/1.1\n\n'), server('HTTP/1.1 200 OK\nContent-Length: 100\n\n', 'x'.repeat(100)))
    .say(client('GET / HTTP/1.1\n\n'));
  return session;
}

function shown(columns: number, changes: Partial<FakeControls> = {}, isPaused = false): string {
  const controls = Object.assign(new FakeControls(), changes);
  return textOf(
    statusLine(new PacedSums(talking()).now(), { controls, isPaused, rate: '▁▂█ 212k/s' }, columns),
  );
}

describe('what there is room for', () => {
  test.each([
    [120, /^ tare {2}127\.0\.0\.1:8080 +1 open +1 h1 +gross 176 +payload 100 +overhead 43% +▁▂█ 212k\/s $/],
    [80, /^ tare {2}127\.0\.0\.1:8080 +gross 176 +payload 100 +overhead 43% $/],
    [40, /^ tare {2}127\.0\.0\.1:8080 +overhead 43% $/],
  ])('in %i columns', (columns, what) => {
    expect(shown(columns)).toMatch(what);
    expect(shown(columns)).toHaveLength(columns);
  });
});

test.each([
  {
    name: 'a recording',
    changes: { state: { file: 'a.pcapng', bytes: 3_400_000, problem: undefined } },
    what: '● a.pcapng 3.4M',
  },
  {
    name: 'its trouble',
    changes: { state: { file: 'a.pcapng', bytes: 1, problem: 'disk full' } },
    what: 'disk full',
  },
  { name: 'reading', changes: { progress: { share: 0.5, bytes: 1, rate: 1 } }, what: ' reading ' },
])('$name', ({ changes, what }) => {
  expect(shown(120, changes)).toContain(what);
});

test('paused', () => {
  expect(shown(120, {}, true)).toContain('paused');
});
