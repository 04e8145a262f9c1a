import { afterEach, beforeEach, expect, test } from 'vitest';
import { Session } from '../../../session/session.ts';
import { textOf } from '../../../testing/shown-lines.ts';
import { FACTS } from '../../../testing/tap-script.ts';
import { FindingsPane } from './findings-pane.ts';

let session: Session;

beforeEach(() => {
  session = new Session();
});
afterEach(() => session.close());

/** Bytes that are missing: each is a fault of the rule `capture`. */
function breakRule(times: number): void {
  session.take({ connection: 1, at: 0, type: 'opened', facts: FACTS });
  for (let time = 0; time < times; time++) {
    session.take({ connection: 1, at: time, type: 'lost', from: 'client', length: 1 });
  }
}

function fail(connection: number): void {
  const { mode, client, clientAddress, server } = FACTS;
  const proxy = { client: 0, server: 0 };
  const failure = { code: 'UPSTREAM_REFUSED', message: 'refused' } as const;
  session.take({ connection, at: 0, type: 'failed', mode, client, clientAddress, server, failure, proxy });
}

const drawn = (pane: FindingsPane, rows = 20) => pane.draw({ columns: 80, rows }, true).map(textOf);
const press = (pane: FindingsPane, ...names: readonly string[]) => {
  for (const name of names) pane.press({ name, text: '' });
};

test('a group folds, and unfolds again', () => {
  breakRule(2);
  const pane = new FindingsPane(session);
  expect(drawn(pane)).toHaveLength(4);
  press(pane, 'enter');
  expect(drawn(pane)[1]).toMatch(/^ ▸ 2× capture/);
  expect(drawn(pane)).toHaveLength(2);
  press(pane, 'enter');
  expect(drawn(pane)).toHaveLength(4);
});

test('connections that failed are found whatever their numbers, before it opens and behind that', () => {
  fail(700);
  const pane = new FindingsPane(session);
  fail(90_000);
  expect(drawn(pane)[1]).toMatch(/2× connections that failed/);
  press(pane, 'down', 'down', 'enter');
  expect(pane.takeChosen()).toEqual({ type: 'failure', number: 90_000 });
});

test('faults past 10,000 are counted, and drawn as cheaply as few', () => {
  const pane = new FindingsPane(session);
  breakRule(10_003);
  expect(drawn(pane)[1]).toMatch(/10003× capture/);
  press(pane, 'end');
  expect(drawn(pane).at(-1)).toContain('and 3 more, which are counted and not kept');
  press(pane, 'enter');
  expect(pane.takeChosen()).toBeUndefined();
  const begun = performance.now();
  for (let frame = 0; frame < 20; frame++) drawn(pane);
  expect((performance.now() - begun) / 20).toBeLessThan(5);
});
