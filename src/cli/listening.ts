import { type ProxyOptions, type RunningProxy, startProxy } from '../proxy/proxy.ts';
import { reason, UsageError } from './usage-error.ts';

/** Starts the proxy; where it cannot listen, says what to do about it in a UsageError. */
export async function listening(options: ProxyOptions): Promise<RunningProxy> {
  try {
    return await startProxy(options);
  } catch (error) {
    const { host, port } = options.listen;
    throw new UsageError(`cannot listen on ${host}:${port}: ${advice(error)}`);
  }
}

function advice(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE')
    return 'the port is taken; end what uses it, or choose another with --port (0 takes any free one)';
  if (code === 'EACCES') return 'not allowed; ports below 1024 need more rights, choose another with --port';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address; choose another with --host';
  return reason(error);
}
