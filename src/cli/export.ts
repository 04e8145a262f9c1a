import type { Filter } from '../analysis/filter/filter.ts';
import { ShownExchanges } from '../analysis/filter/shown-exchanges.ts';
import { readCaptureInto } from '../capture/capture-session.ts';
import { type HarPart, harOf, type LeftOut, leftOutOf } from '../capture/har/har.ts';
import { Session } from '../session/session.ts';
import type { TapSink } from '../tap.ts';
import { EXIT } from './exit-codes.ts';
import { problemReport } from './problem-report.ts';
import { isPipeClosed } from './the-end.ts';
import { reason, UsageError } from './usage-error.ts';
import { version } from './version.ts';
import { writeTo } from './written-file.ts';

type Redact = (sink: TapSink) => TapSink;

interface ExportWish {
  readonly redact?: Redact | undefined;
  readonly filter?: Filter | undefined;
}

/** Writes what is wished for of the capture `file` as a HAR to `out`; resolves with the exit code. */
export async function exportHar(file: string, out: string, { redact, filter }: ExportWish): Promise<number> {
  const session = new Session();
  try {
    const reading = await readCaptureInto(session, file, { redact });
    if (reading.count === 0 && reading.problemCount > 0) throw new Error(`${file}: ${reading.problems[0]}`);
    process.stderr.write(problemReport(file, reading));
    const part = filter && partOf(session, filter);
    await writeTo(out, harOf(session, { version: version(), part }));
    process.stderr.write(leftOutReport(leftOutOf(session, part)));
    return EXIT.well;
  } catch (error) {
    if (error instanceof Error && isPipeClosed(error)) return EXIT.well;
    throw error instanceof UsageError ? error : new UsageError(reason(error));
  } finally {
    session.close();
  }
}

function partOf(session: Session, filter: Filter): HarPart {
  const shown = new ShownExchanges(session, filter);
  return {
    hasExchange: (number) => shown.has(number),
    hasMessage: (number, row) => filter.fitsMessage(session, number, row),
    hasFailure: (connection) => filter.fitsFailure(connection),
  };
}

/** What a HAR has no place for. */
function leftOutReport({ exchanges, failed }: LeftOut): string {
  const parts = Object.entries(exchanges).map(([protocol, count]) => `${count} of ${protocol}`);
  if (failed > 0) parts.push(`${failed} connections that failed`);
  return parts.length === 0 ? '' : `not in the HAR, which has no place for them: ${parts.join(', ')}\n`;
}
