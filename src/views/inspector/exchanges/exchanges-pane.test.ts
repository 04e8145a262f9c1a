import { describe, expect, test } from 'vitest';
import type { Filter } from '../../../analysis/filter/filter.ts';
import { isProblem, parseFilter } from '../../../analysis/filter/filter.ts';
import { Session } from '../../../session/session.ts';
import { client, server } from '../../../testing/conversations.ts';
import { playPolls } from '../../../testing/poll-script.ts';
import { textOf } from '../../../testing/shown-lines.ts';
import { FACTS, TapScript } from '../../../testing/tap-script.ts';
import { websocketFrame } from '../../../testing/websocket-frame.ts';
import { displayWidth } from '../../display-width.ts';
import { ExchangesPane } from './exchanges-pane.ts';

const SECOND = 1_000_000_000;

/** A request with its answer, on a connection of its own. */
function ask(
  session: Session,
  connection: number,
  host: string,
  path: string,
  body = '',
  status = 200,
): void {
  new TapScript(session.take, connection)
    .open()
    .say(
      client(`GET ${path} HTTP/1.1\nHost: ${host}\n\n`),
      server(`HTTP/1.1 ${status} OK\nContent-Length: ${body.length}\n\n${body}`),
    );
}

function fail(session: Session, connection: number): void {
  const { mode, client, clientAddress, server } = FACTS;
  const failure = { code: 'UPSTREAM_REFUSED', message: 'connecting to chat.example:80: refused' } as const;
  const attempt = { mode, client, clientAddress, server, failure, proxy: { client: 0, server: 0 } };
  session.take({ type: 'failed', connection, at: 1, ...attempt });
}

function openWebSocket(session: Session): TapScript {
  return new TapScript(session.take)
    .open()
    .say(
      client(
        'GET /socket HTTP/1.1\nHost: chat.example\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n',
      ),
      server(
        'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n',
      ),
    );
}

/** Three exchanges, the second one heaviest. */
function threeHosts(): { session: Session; pane: ExchangesPane } {
  const session = new Session();
  const pane = new ExchangesPane(session, () => SECOND);
  ask(session, 1, 'one.example', '/a', 'x'.repeat(50));
  ask(session, 2, 'two.example', '/b', 'x'.repeat(5000));
  ask(session, 3, 'one.example', '/c', 'x'.repeat(500));
  return { session, pane };
}

function drawn(pane: ExchangesPane, columns = 120, rows = 12): string[] {
  return pane.draw({ columns, rows }, true).map(textOf);
}

function worked(pane: ExchangesPane): void {
  while (pane.work(performance.now() + 5));
}

function press(pane: ExchangesPane, ...names: readonly string[]): void {
  for (const name of names) pane.press({ name, text: name });
  worked(pane);
}

function filterOf(text: string): Filter {
  const filter = parseFilter(text);
  if (isProblem(filter)) throw new Error(filter.problem);
  return filter;
}

/** What stands in the first column of each row, and the names of groups. */
function numbers(pane: ExchangesPane): string[] {
  return drawn(pane)
    .slice(2)
    .map((line) =>
      line
        .trim()
        .split(/ +/)
        .slice(0, line.startsWith(' ▾') || line.startsWith(' ▸') ? 3 : 1),
    )
    .map((words) => words.join(' '));
}

describe('rows', () => {
  test('an exchange: number, protocol, address, status, messages, weight', () => {
    const { pane } = threeHosts();
    const [title, names, , second] = drawn(pane);
    expect(title).toMatch(/^─ Exchanges ─ 3 ─ by number ─ following ─+$/);
    expect(names).toMatch(/# +age what +host and path +state +msgs +gross +payld +over/);
    expect(second).toMatch(/^ +2 +\S+ h1 +two.example\/b +200 +2 +5\.1k +5\.0k +1\.\d% █{10}/);
  });

  test.each([80, 100, 120, 140, 200])('each is as wide as the screen, at %i columns', (columns) => {
    const { session, pane } = threeHosts();
    playPolls(session.take, ['', '', 'new', ''], '/inbox', 4);
    fail(session, 5);
    const lines = drawn(pane, columns);
    expect(lines.map((line) => displayWidth(line))).toEqual(lines.map(() => columns));
    expect(lines).toHaveLength(2 + 5);
  });

  test('a WebSocket lives: open with the interval of its pings, closing, closed with its code', () => {
    const session = new Session();
    const pane = new ExchangesPane(session, () => SECOND);
    const socket = openWebSocket(session);
    expect(drawn(pane)[2]).toMatch(/ ws +chat.example\/socket +open /);
    const ping = websocketFrame({ opcode: 9, payload: '' });
    socket.say(server(ping)).say(server(ping));
    worked(pane);
    expect(drawn(pane)[2]).toContain('open ♥ 1ms');
    socket.say(server(websocketFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe9]) })));
    expect(drawn(pane)[2]).toContain('closing 1001');
    socket.close();
    expect(drawn(pane)[2]).toContain('closed 1001');
  });

  test('a WebSocket that is cut off', () => {
    const session = new Session();
    const pane = new ExchangesPane(session, () => SECOND);
    openWebSocket(session).close('server-reset');
    expect(drawn(pane)[2]).toContain('1006 abrupt');
  });

  test.each(['before', 'after'])('polls are one row, told of %s the pane was made', (when) => {
    const session = new Session();
    const before = when === 'before' ? new ExchangesPane(session, () => SECOND) : undefined;
    ask(session, 1, 'one.example', '/a');
    playPolls(session.take, ['', '', '', '', ''], '/inbox', 2);
    ask(session, 3, 'one.example', '/c');
    const pane = before ?? new ExchangesPane(session, () => SECOND);
    expect(numbers(pane)).toEqual(['1', 'p1', '7']);
    expect(drawn(pane)[3]).toMatch(/ poll +chat.example\/inbox +×5 short 1\.0s +5 .* 5 empty/);
    expect(pane.selected).toEqual({ type: 'exchange', number: 7 });
    press(pane, 'up');
    expect(pane.selected).toEqual({ type: 'series', number: 1 });
  });

  test('a connection that failed says why', () => {
    const session = new Session();
    const pane = new ExchangesPane(session, () => SECOND);
    fail(session, 1);
    expect(drawn(pane)[2]).toMatch(
      /c1 .* fail +chat.example:80 +failed: connecting to chat.example:80: refused/,
    );
    expect(pane.selected).toEqual({ type: 'failure', number: 1 });
  });

  test('text off the wire cannot steer the terminal', () => {
    const session = new Session();
    ask(session, 1, 'one.example', '/\x9b2J李雷');
    const [, , row] = drawn(new ExchangesPane(session, () => SECOND));
    expect(row).not.toContain('\x9b');
    expect(displayWidth(row!)).toBe(120);
  });
});

describe('order', () => {
  test('sorted by a column, turned round, and the cursor stays with its row', () => {
    const { pane } = threeHosts();
    drawn(pane);
    pane.select({ type: 'exchange', number: 2 });
    press(pane, 's');
    expect(drawn(pane)[0]).toContain('by gross ↓');
    expect(numbers(pane)).toEqual(['2', '3', '1']);
    expect(pane.selected).toEqual({ type: 'exchange', number: 2 });
    press(pane, 'S');
    expect(drawn(pane)[0]).toContain('by gross ↑');
    expect(numbers(pane)).toEqual(['1', '3', '2']);
    expect(pane.selected).toEqual({ type: 'exchange', number: 2 });
  });

  test.each([
    ['number', ['1', '2', '3']],
    ['payload', ['2', '3', '1']],
    ['overhead', ['1', '3', '2']],
    ['host', ['1', '3', '2']],
  ])('by %s', (name, order) => {
    const { pane } = threeHosts();
    press(pane, 's');
    while (!drawn(pane)[0]!.includes(`by ${name}`)) press(pane, 's');
    expect(numbers(pane)).toEqual(order);
  });

  test('in groups, which fold', () => {
    const { pane } = threeHosts();
    press(pane, 'b');
    expect(numbers(pane)).toEqual(['▾ one.example 2', '1', '3', '▾ two.example 1', '2']);
    press(pane, 'home', 'enter');
    expect(numbers(pane)).toEqual(['▸ one.example 2', '▾ two.example 1', '2']);
    expect(pane.selected).toBeUndefined();
    press(pane, 'space');
    press(pane, 'b');
    expect(numbers(pane)).toEqual(['▾ connection 1', '1', '▾ connection 2', '2', '▾ connection 3', '3']);
    press(pane, 'b');
    expect(numbers(pane)).toEqual(['1', '2', '3']);
  });

  test('follows the newest until one goes up, and says how many are new', () => {
    const { session, pane } = threeHosts();
    drawn(pane);
    expect(pane.selected).toEqual({ type: 'exchange', number: 3 });
    press(pane, 'up');
    ask(session, 4, 'one.example', '/d');
    expect(drawn(pane)[0]).toContain('1 new ▼');
    expect(pane.selected).toEqual({ type: 'exchange', number: 2 });
    press(pane, 'f');
    drawn(pane);
    expect(pane.selected).toEqual({ type: 'exchange', number: 4 });
  });
});

describe('filter', () => {
  test('leaves what fits, also of what comes later, and gives all back', () => {
    const { session, pane } = threeHosts();
    drawn(pane);
    pane.select({ type: 'exchange', number: 3 });
    pane.filter(filterOf('host:one'));
    worked(pane);
    expect(numbers(pane)).toEqual(['1', '3']);
    expect(drawn(pane)[0]).toMatch(/Exchanges ─ 2 of 3 .* \/host:one ─$/);
    expect(pane.selected).toEqual({ type: 'exchange', number: 3 });
    ask(session, 4, 'one.example', '/d');
    ask(session, 5, 'two.example', '/e');
    worked(pane);
    expect(numbers(pane)).toEqual(['1', '3', '4']);
    pane.filter(undefined);
    expect(numbers(pane)).toEqual(['1', '2', '3', '4', '5']);
    expect(pane.selected).toEqual({ type: 'exchange', number: 3 });
  });

  test('by what is in messages', () => {
    const { session, pane } = threeHosts();
    ask(session, 4, 'two.example', '/d', 'a needle');
    pane.filter(filterOf('text:needle'));
    expect(drawn(pane)[0]).toContain('searching');
    worked(pane);
    expect(numbers(pane)).toEqual(['4']);
    expect(pane.progress).toBeUndefined();
  });

  test('with an order on top of it', () => {
    const { pane } = threeHosts();
    pane.filter(filterOf('host:one'));
    worked(pane);
    press(pane, 's');
    expect(numbers(pane)).toEqual(['3', '1']);
  });
});

test('clear hides what is there, and shows what comes', () => {
  const { session, pane } = threeHosts();
  drawn(pane);
  pane.clear();
  expect(drawn(pane)).toHaveLength(2);
  ask(session, 4, 'one.example', '/d');
  expect(numbers(pane)).toEqual(['4']);
});

test('closed, it is told of nothing any more', () => {
  const { session, pane } = threeHosts();
  pane.close();
  ask(session, 4, 'one.example', '/d');
  expect(numbers(pane)).toEqual(['1', '2', '3']);
});
