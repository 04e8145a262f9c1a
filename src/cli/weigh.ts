import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { defaultFolder, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { type RunningProxy, startProxy } from '../proxy/proxy.ts';
import { type UpstreamTrust, upstreamTrust } from '../proxy/tls-opening.ts';
import { Session } from '../session/session.ts';
import { openView } from '../views/view.ts';
import { auditReport } from './audit-report.ts';
import { milliseconds } from './duration.ts';
import { EXIT } from './exit-codes.ts';
import { greeting } from './greeting.ts';
import { portNumber } from './port-number.ts';
import type { ProxyArguments } from './proxy-options.ts';
import { UsageError } from './usage-error.ts';

/** Something that goes on while the proxy runs. */
export interface Activity {
  /** Root certificates, PEM, of the servers it uses. */
  readonly roots?: readonly string[];
  start(proxy: RunningProxy, authority: CertificateAuthority): Promise<AsyncDisposable>;
}

/**
 * Proxies, shows the traffic and at the end what it came to; ends on SIGINT, SIGTERM or after `--for`. Resolves with the
 * exit code; rejects with a UsageError when it cannot begin.
 */
export async function weigh(args: ProxyArguments, activity?: Activity): Promise<number> {
  const duration = args.for === undefined ? undefined : milliseconds(args.for, 'for');
  const port = portNumber(args.port);
  const trust = await readTrust(args, activity?.roots ?? []);
  const authority = await openAuthority();
  const session = new Session();
  const view = await openView(args.view === 'auto' ? 'lines' : args.view, session, process.stdout);
  const proxy = await listen({ ...args, port }, authority, trust, session);
  session.epoch = proxy.epoch;
  const end = theEnd(duration, view.gone); // from here on a signal ends it in order
  if (!activity) process.stderr.write(greeting(proxy.address, authority.certificateFile));
  const running = await activity?.start(proxy, authority);
  const broken = await end;
  await running?.[Symbol.asyncDispose]();
  await proxy.close();
  await view.finish(proxy.now());
  const code = args.audit ? report(session) : EXIT.well;
  session.close();
  // A reader that has seen enough (`| head`) ends the command like ctrl-C does; a full disk is another matter.
  if (broken && !isPipeClosed(broken))
    throw new UsageError(`the output cannot be written: ${broken.message}`);
  return code;
}

function report(session: Session): number {
  const found = session.audit();
  process.stderr.write(auditReport(found));
  return found.imbalances.length === 0 ? EXIT.well : EXIT.unbalanced;
}

async function readTrust(args: ProxyArguments, roots: readonly string[]): Promise<UpstreamTrust> {
  const files = args['upstream-ca'];
  const read = await Promise.all(files.map((file) => readRoot(file)));
  try {
    return upstreamTrust(args.insecure, [...roots, ...read]);
  } catch (error) {
    throw new UsageError(`--upstream-ca ${files.join(', ')}: not a PEM certificate (${reason(error)})`);
  }
}

async function readRoot(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--upstream-ca ${file}: cannot be read (${reason(error)})`);
  });
  try {
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new UsageError(`--upstream-ca ${file}: not a certificate in PEM (${reason(error)})`);
  }
}

async function openAuthority(): Promise<CertificateAuthority> {
  try {
    return await openCertificateAuthority(defaultFolder(process.env));
  } catch (error) {
    throw new UsageError(reason(error));
  }
}

async function listen(
  { host, port, passthrough }: Omit<ProxyArguments, 'port'> & { readonly port: number },
  authority: CertificateAuthority,
  trust: UpstreamTrust,
  session: Session,
): Promise<RunningProxy> {
  try {
    return await startProxy({ listen: { host, port }, authority, passthrough, trust, sink: session.take });
  } catch (error) {
    throw new UsageError(`cannot listen on ${host}:${port}: ${listenAdvice(error)}`);
  }
}

function listenAdvice(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE')
    return 'the port is taken; end what uses it, or choose another with --port (0 takes any free one)';
  if (code === 'EACCES') return 'not allowed; ports below 1024 need more rights, choose another with --port';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address; choose another with --host';
  return reason(error);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Resolves on SIGINT, SIGTERM, or after `duration` milliseconds; or with the error when the output is `gone`. A second
 * signal ends the process at once.
 */
function theEnd(duration: number | undefined, gone: Promise<Error>): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const timer = duration === undefined ? undefined : setTimeout(() => end(), duration);
    const onSignal = () => end();
    function end(broken?: Error) {
      clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      resolve(broken);
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    gone.then(end);
  });
}

function isPipeClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
