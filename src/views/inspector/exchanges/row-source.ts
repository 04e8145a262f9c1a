import type { Session } from '../../../session/session.ts';
import type { RowFacts, RowSource } from './sort-column.ts';
import { type SubjectCode, subjectOf } from './subject-code.ts';

/** What is known of a row; undefined where it could not be kept. */
export function rowSource(session: Session, code: SubjectCode): RowSource | undefined {
  const { type, number } = subjectOf(code);
  switch (type) {
    case 'exchange': {
      const exchange = session.exchanges.get(number);
      return exchange && { type, exchange };
    }
    case 'series': {
      const series = session.pollSeries[number - 1];
      return series && { type, series };
    }
    case 'failure': {
      const connection = session.connections.get(number);
      return connection && { type, connection };
    }
  }
}

/** The same without heads, at a fraction of the cost. */
export function rowFacts(session: Session, code: SubjectCode): RowFacts | undefined {
  const { type, number } = subjectOf(code);
  if (type !== 'exchange') return rowSource(session, code);
  const exchange = session.exchanges.facts(number);
  return exchange && { type, exchange };
}

/** The host a row is about. */
export function hostOfRow(session: Session, source: RowSource): string {
  if (source.type === 'exchange') return session.hostOf(source.exchange);
  if (source.type === 'series') return source.series.host;
  const { server } = source.connection;
  return server === undefined ? '' : `${server.host}:${server.port}`;
}
