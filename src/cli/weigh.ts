import { readFile } from 'node:fs/promises';
import type { CertificateAuthority } from '../proxy/certificate-authority.ts';
import { defaultFolder, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { type RunningProxy, startProxy } from '../proxy/proxy.ts';
import { type UpstreamTrust, upstreamTrust } from '../proxy/tls-opening.ts';
import { audit } from '../session/audit.ts';
import { Session } from '../session/session.ts';
import { openView } from '../views/view.ts';
import { auditReport } from './audit-report.ts';
import { milliseconds } from './duration.ts';
import { EXIT } from './exit-codes.ts';
import { greeting } from './greeting.ts';
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
  const trust = await readTrust(args, activity?.roots ?? []);
  const authority = await openAuthority();
  const session = new Session();
  const view = await openView(args.view === 'auto' ? 'lines' : args.view, session, process.stdout);
  const proxy = await listen(args, authority, trust, session);
  session.epoch = proxy.epoch;
  if (!activity) process.stderr.write(greeting(proxy.address, authority.certificateFile));
  const running = await activity?.start(proxy, authority);
  await theEnd(duration);
  await running?.[Symbol.asyncDispose]();
  await proxy.close();
  await view.finish(proxy.now());
  const code = args.audit ? report(session) : EXIT.well;
  session.close();
  return code;
}

function report(session: Session): number {
  const found = audit(session);
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
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--upstream-ca ${file}: cannot be read (${reason(error)})`);
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
  { host, port, passthrough }: ProxyArguments,
  authority: CertificateAuthority,
  trust: UpstreamTrust,
  session: Session,
): Promise<RunningProxy> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${port}: not a port; write a number from 0 (any free port) to 65535`);
  }
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

/** Resolves on SIGINT, SIGTERM, or after `duration` milliseconds. A second signal ends the process at once. */
function theEnd(duration: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = duration === undefined ? undefined : setTimeout(end, duration);
    function end() {
      clearTimeout(timer);
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    }
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
