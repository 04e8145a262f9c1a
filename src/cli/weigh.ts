import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { defaultFolder, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import type { RunningProxy } from '../proxy/proxy.ts';
import { Session } from '../session/session.ts';
import type { TapSink } from '../tap.ts';
import { openView } from '../views/view.ts';
import { auditReport } from './audit-report.ts';
import { milliseconds } from './duration.ts';
import { EXIT } from './exit-codes.ts';
import { greeting } from './greeting.ts';
import { IdleWatch } from './idle-watch.ts';
import { openKeyLog } from './key-log-file.ts';
import { listening } from './listening.ts';
import type { ProxyArguments } from './proxy-options.ts';
import { proxySettings } from './proxy-settings.ts';
import { RecordingWish, recordingReport } from './recording.ts';
import { serverTrust } from './server-trust.ts';
import { byteSize } from './size.ts';
import { isPipeClosed, theEnd } from './the-end.ts';
import { reason, UsageError } from './usage-error.ts';

/** Something that goes on while the proxy runs. */
export interface Activity {
  /** Root certificates, PEM, of the servers it uses. */
  readonly roots?: readonly string[];
  start(proxy: RunningProxy, authority: CertificateAuthority): Promise<AsyncDisposable>;
}

/**
 * Proxies, shows the traffic and at the end what it came to; ends on SIGINT or SIGTERM, after `--for`, or `--until-idle`.
 * Resolves with the exit code; rejects with a UsageError when it cannot begin.
 */
export async function weigh(args: ProxyArguments, activity?: Activity): Promise<number> {
  const settings = proxySettings(args);
  const { after, quiet, memory } = bounds(args);
  const trust = await serverTrust(args, activity?.roots ?? []);
  const authority = await openAuthority();
  const keyLog = await given(args.keylog, openKeyLog);
  const session = new Session(memory === undefined ? {} : { memory });
  const view = await openView(args.view === 'auto' ? 'lines' : args.view, session, process.stdout);
  const wish = recordingWish(args);
  const taken = wish ? both(session.take, wish.take) : session.take;
  const watch = given(quiet, (duration) => new IdleWatch(duration, taken));
  const sink = watch?.take ?? taken;
  const proxy = await listening({ ...settings, authority, trust, keyLog: keyLog?.add, sink });
  session.epoch = proxy.epoch;
  const recorder = await wish?.open(proxy.epoch).catch((error: unknown) => closeAndThrow(proxy, error));
  const end = theEnd({ after, gone: view.gone, idle: watch?.idle }); // from here on a signal ends it in order
  if (!activity) {
    process.stderr.write(greeting(proxy.address, authority.certificateFile, settings.reverse?.target));
  }
  const running = await activity?.start(proxy, authority);
  const broken = await end;
  await running?.[Symbol.asyncDispose]();
  await proxy.close();
  watch?.stop();
  await keyLog?.close();
  if (recorder) process.stderr.write(recordingReport(await recorder.close()));
  await view.finish(proxy.now());
  const code = args.audit ? report(session) : EXIT.well;
  session.close();
  // A reader that has seen enough ends the command like ctrl-C does; a full disk is another matter.
  if (broken && !isPipeClosed(broken))
    throw new UsageError(`the output cannot be written: ${broken.message}`);
  return code;
}

function recordingWish(args: ProxyArguments): RecordingWish | undefined {
  if (args.record !== undefined) return new RecordingWish(args.record, args['record-limit']);
  if (args['record-limit'] !== undefined) throw new UsageError('--record-limit goes with --record FILE');
  return undefined;
}

/** Hands each event to both. */
function both(one: TapSink, other: TapSink): TapSink {
  return (event) => {
    one(event);
    other(event);
  };
}

async function closeAndThrow(proxy: RunningProxy, error: unknown): Promise<never> {
  await proxy.close();
  throw error;
}

/** How long it runs, until how long a quiet, both in milliseconds, and how many bytes of memory the session may take. */
function bounds(args: ProxyArguments) {
  return {
    after: given(args.for, (text) => milliseconds(text, 'for')),
    quiet: given(args['until-idle'], (text) => milliseconds(text, 'until-idle')),
    memory: given(args.memory, (text) => byteSize(text, 'memory', '16M')),
  };
}

/** What `make` makes of a value, where there is one. */
function given<Value, Made>(value: Value | undefined, make: (value: Value) => Made): Made | undefined {
  return value === undefined ? undefined : make(value);
}

function report(session: Session): number {
  const found = session.audit();
  process.stderr.write(auditReport(found));
  return found.imbalances.length === 0 ? EXIT.well : EXIT.unbalanced;
}

async function openAuthority(): Promise<CertificateAuthority> {
  try {
    return await openCertificateAuthority(defaultFolder(process.env));
  } catch (error) {
    throw new UsageError(reason(error));
  }
}
