import { estimateTcp } from '../../../analysis/tcp-estimate.ts';
import {
  bothWays,
  gross,
  type Ledger,
  overhead,
  overheadRatio,
  type Weight,
} from '../../../session/ledger.ts';
import type { MessageRow } from '../../../session/message-table.ts';
import type { Session } from '../../../session/session.ts';
import { byteCount, percentage } from '../../byte-count.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import { CLASSES } from '../overview/share-bars.ts';
import { exchangeOf } from './subject-message.ts';
import type { DetailSubject, Tab } from './tab.ts';

const NAME_COLUMNS = 10;
const NUMBER_COLUMNS = 8;

/** Where the bytes went: each class in both directions, what compression saved, what TCP/IP takes below it. */
export const ledgerTab: Tab = {
  name: 'Ledger',
  lines(session, about, columns) {
    const ledger = ledgerOf(session, about);
    const lines = [
      ...(about.message === undefined ? [] : [...messageLines(session.messages.row(about.message)), []]),
      ...(ledger ? tableLines(ledger, columns) : [[piece('Nothing was weighed.', 'dim')]]),
      [],
      ...networkLines(session, about),
    ];
    return { length: lines.length, line: (index) => lines[index] ?? [] };
  },
};

function ledgerOf(session: Session, about: DetailSubject): Ledger | undefined {
  if (about.subject.type === 'series') return session.pollSeries[about.subject.number - 1]?.ledger;
  return exchangeOf(session, about)?.ledger;
}

/** `198 B = 31 framing + 167 payload   16% overhead`. */
function messageLines({ head, framing, control, payload, contentLength }: MessageRow): StyledLine[] {
  const parts = CLASSES.map(({ name }) => ({
    name,
    bytes: { head, framing, control, payload, tls: 0, undecoded: 0 }[name],
  }))
    .filter(({ bytes }) => bytes > 0)
    .flatMap(({ name, bytes }, index) => [
      piece(index === 0 ? '' : ' + ', 'dim'),
      piece(`${bytes} ${name}`, name),
    ]);
  const weight = { head, framing, control, payload, tls: 0, undecoded: 0 };
  const ratio = overheadRatio(weight);
  return [
    [
      piece('message  ', 'strong'),
      piece(`${gross(weight)} B = `),
      ...parts,
      piece(ratio === undefined ? '' : `   ${percentage(ratio)} overhead`, 'dim'),
    ],
    ...savedLines(payload, contentLength),
  ];
}

function savedLines(payload: number, content: number): StyledLine[] {
  if (content === 0 || content === payload) return [];
  const words = `${byteCount(content)} of content travelled as ${byteCount(payload)}: `;
  const saved = 1 - payload / content;
  return [
    [
      piece(words, 'dim'),
      piece(saved >= 0 ? `${percentage(saved)} saved` : `${percentage(-saved)} more`, 'payload'),
    ],
  ];
}

function tableLines(ledger: Ledger, columns: number): StyledLine[] {
  const both = bothWays(ledger);
  const all = gross(both);
  const bar = Math.max(4, columns - NAME_COLUMNS - 3 * NUMBER_COLUMNS - 8);
  return [
    [
      piece(''.padEnd(NAME_COLUMNS)),
      piece('▲'.padStart(NUMBER_COLUMNS), 'client'),
      piece('▼'.padStart(NUMBER_COLUMNS), 'server'),
      piece('both'.padStart(NUMBER_COLUMNS), 'dim'),
    ],
    ...CLASSES.filter(({ name }) => both[name] > 0).map(({ name, sign }) => [
      piece(name.padEnd(NAME_COLUMNS), name),
      ...[ledger.client, ledger.server, both].map((weight) =>
        piece(byteCount(weight[name]).padStart(NUMBER_COLUMNS)),
      ),
      piece(percentage(all === 0 ? undefined : both[name] / all).padStart(6), 'dim'),
      piece(`  ${sign.repeat(Math.max(1, Math.round((both[name] / all) * bar)))}`, name),
    ]),
    sumLine('gross', ledger, both, gross),
    sumLine('overhead', ledger, both, overhead),
    [piece('overhead ratio '.padEnd(NAME_COLUMNS), 'dim'), piece(percentage(overheadRatio(both)), 'strong')],
  ];
}

function sumLine(
  name: string,
  { client, server }: Ledger,
  both: Weight,
  of: (weight: Weight) => number,
): StyledLine {
  return [
    piece(name.padEnd(NAME_COLUMNS), 'strong'),
    ...[client, server, both].map((weight) =>
      piece(byteCount(of(weight)).padStart(NUMBER_COLUMNS), 'strong'),
    ),
  ];
}

/** TCP and IP below it: exact of captures, else by the model of `tcp-estimate.ts`. */
function networkLines(session: Session, about: DetailSubject): StyledLine[] {
  const exchange = exchangeOf(session, about);
  const connection = exchange && session.connections.get(exchange.connection);
  if (!connection?.facts) return [];
  const network = connection.closing?.network;
  if (network) {
    const { packets, headers, retransmitted } = network;
    return [
      [piece('TCP/IP of its connection, exact', 'strong')],
      [
        piece(
          `${packets.client + packets.server} packets, ${byteCount(headers.client + headers.server)} of headers, ${byteCount(retransmitted.client + retransmitted.server)} sent again`,
        ),
      ],
    ];
  }
  const bytes = { client: gross(connection.ledger.client), server: gross(connection.ledger.server) };
  const { packets, headers } = estimateTcp(bytes, {
    isIpv6: connection.facts.serverAddress?.host.includes(':') ?? false,
  });
  return [
    [piece('TCP/IP of its connection, estimated', 'strong')],
    [
      piece(`about ${packets} packets, ${byteCount(headers)} of headers`),
      piece('  full segments, an ACK for each two', 'dim'),
    ],
  ];
}
