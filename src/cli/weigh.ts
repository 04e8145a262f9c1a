import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { defaultFolder, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import type { RunningProxy } from '../proxy/proxy.ts';
import { Session } from '../session/session.ts';
import type { TapSink } from '../tap.ts';
import { openView, type ViewName } from '../views/view.ts';
import { auditReport } from './audit-report.ts';
import { milliseconds } from './duration.ts';
import { EXIT } from './exit-codes.ts';
import { filterOption } from './filter-option.ts';
import { greeting } from './greeting.ts';
import { IdleWatch } from './idle-watch.ts';
import { hasTerminal, openInspectorView } from './inspector-view.ts';
import { openKeyLog } from './key-log-file.ts';
import { listening } from './listening.ts';
import { liveControls } from './live-controls.ts';
import type { ProxyArguments } from './proxy-options.ts';
import { proxySettings } from './proxy-settings.ts';
import { RecordingWish } from './recording.ts';
import { RecordingSwitch } from './recording-switch.ts';
import { redactOption } from './redact-option.ts';
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
  const filter = filterOption(args.filter);
  const trust = await serverTrust(args, activity?.roots ?? []);
  const authority = await openAuthority();
  const keyLog = await given(args.keylog, openKeyLog);
  const session = new Session(memory === undefined ? {} : { memory });
  const isInspected = args.view === 'inspector' || (args.view === 'auto' && hasTerminal());
  const showing = filter && { filter };
  const printed = isInspected
    ? undefined
    : await openView(printedView(args.view), session, process.stdout, showing);
  const wish = recordingWish(args);
  const recording = new RecordingSwitch(session, redactOption(args));
  const taken = all([session.take, wish?.take, isInspected ? recording.take : undefined]);
  const watch = given(quiet, (duration) => new IdleWatch(duration, taken));
  const sink = watch?.take ?? taken;
  const proxy = await listening({ ...settings, authority, trust, keyLog: keyLog?.add, sink });
  session.epoch = proxy.epoch;
  const recorder = await wish?.open(proxy.epoch).catch((error: unknown) => closeAndThrow(proxy, error));
  if (recorder && args.record !== undefined) {
    const isFile = args.record !== '-' && args['record-limit'] === undefined;
    recording.adopt(recorder, args.record, isFile);
  }
  const quit = new AbortController();
  const { reverse } = settings;
  const { certificateFile } = authority;
  const controls = {
    session,
    proxy,
    certificateFile,
    reverse: reverse?.target,
    recording,
    quit: () => quit.abort(),
  };
  const inspection = { theme: args.theme, filter };
  const view = printed ?? (await openInspectorView(session, liveControls(controls), inspection));
  // From here on a signal ends it in order.
  const end = theEnd({ after, gone: view.gone, idle: watch?.idle, quit: quit.signal });
  if (!activity && !isInspected) {
    process.stderr.write(greeting(proxy.address, certificateFile, reverse?.target));
  }
  const running = await activity?.start(proxy, authority);
  const broken = await end;
  await running?.[Symbol.asyncDispose]();
  await proxy.close();
  watch?.stop();
  await keyLog?.close();
  const recorded = await recording.finish();
  await view.finish(proxy.now());
  for (const report of recorded) process.stderr.write(`${report}\n`);
  const code = args.audit ? report(session) : EXIT.well;
  session.close();
  // A reader that has seen enough ends the command like ctrl-C does; a full disk is another matter.
  if (broken && !isPipeClosed(broken))
    throw new UsageError(`the output cannot be written: ${broken.message}`);
  return code;
}

function recordingWish(args: ProxyArguments): RecordingWish | undefined {
  const redact = redactOption(args);
  if (args.record !== undefined) return new RecordingWish(args.record, args['record-limit'], redact);
  if (redact) throw new UsageError('--redact goes with --record FILE: what is shown is not changed');
  if (args['record-limit'] !== undefined) throw new UsageError('--record-limit goes with --record FILE');
  return undefined;
}

/** Hands each event to all of them. */
function all(sinks: readonly (TapSink | undefined)[]): TapSink {
  const [first, second, third] = sinks.filter((sink) => sink !== undefined);
  return (event) => {
    first?.(event);
    second?.(event);
    third?.(event);
  };
}

/** Where there is no terminal, or no wish for the inspector. */
function printedView(view: ProxyArguments['view']): ViewName {
  return view === 'auto' || view === 'inspector' ? 'lines' : view;
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
