import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readCaptureInto } from '../capture/capture-session.ts';
import { harOf, type LeftOut, leftOutOf } from '../capture/har/har.ts';
import { Session } from '../session/session.ts';
import { EXIT } from './exit-codes.ts';
import { isPipeClosed } from './the-end.ts';
import { reason, UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** Writes the capture `file` as a HAR to `out`; resolves with the exit code. */
export async function exportHar(file: string, out: string): Promise<number> {
  const session = new Session();
  try {
    await readCaptureInto(session, file);
    await pipeline(harOf(session, { version: version() }), await writable(out));
    process.stderr.write(leftOutReport(leftOutOf(session)));
    return EXIT.well;
  } catch (error) {
    if (error instanceof Error && isPipeClosed(error)) return EXIT.well;
    throw new UsageError(reason(error));
  } finally {
    session.close();
  }
}

async function writable(out: string): Promise<NodeJS.WritableStream> {
  if (out === '-') return process.stdout;
  const file = await open(out, 'w', 0o600);
  return file.createWriteStream();
}

/** What a HAR has no place for. */
function leftOutReport({ exchanges, failed }: LeftOut): string {
  const parts = Object.entries(exchanges).map(([protocol, count]) => `${count} of ${protocol}`);
  if (failed > 0) parts.push(`${failed} connections that failed`);
  return parts.length === 0 ? '' : `not in the HAR, which has no place for them: ${parts.join(', ')}\n`;
}
