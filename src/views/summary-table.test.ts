import { expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import { client, eventStream, http, webSocket } from '../testing/conversations.ts';
import { textOf } from '../testing/shown-lines.ts';
import { TapScript } from '../testing/tap-script.ts';
import { summaryTable } from './summary-table.ts';

function session(): Session {
  const all = new Session();
  [http, webSocket, eventStream, [client('\x16\x03\x01\0\x05hello')]].forEach((said, index) => {
    new TapScript(all.take, index + 1)
      .open()
      .say(...said)
      .end('client', 'server')
      .close();
  });
  return all;
}

const table = (columns: number) => summaryTable(session(), columns).map(textOf);

test('a row for each protocol and one for all', () => {
  expect(table(120)).toEqual([
    '               conns  exch  msgs  gross  head  framing  control  tls  payload  undecoded  overhead',
    'HTTP/1             2     5    11    525   485       24        0    0       16          0       97%',
    'WebSocket          1     1     9    236   162       20       35    0       19          0       92%',
    'SSE                0     1     6    224   139       54       16    0       15          0       93%',
    'TLS, unopened      1     1     0     10     0        0        0    0        0         10         -',
    'all                4     8    26    995   786       98       51    0       50         10       95%',
  ]);
});

test.each([40, 79, 80, 97, 98, 200])('%d columns: every row is as wide as its title', (columns) => {
  const rows = table(columns);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  if (columns >= 80) expect(rows[0]!.length).toBeLessThanOrEqual(columns);
});

test('of nothing', () => {
  expect(summaryTable(new Session(), 120).map(textOf).at(-1)).toMatch(/^all +0 +0 .+ -$/);
});
