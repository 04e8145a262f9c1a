import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type UpstreamTrust, upstreamTrust } from '../proxy/tls-opening.ts';
import { clientCertificate } from './client-certificate.ts';
import type { ProxyArguments } from './proxy-options.ts';
import { reason, UsageError } from './usage-error.ts';

/** How servers are trusted, and what they are shown; `roots` in PEM are trusted besides the user's own. */
export async function serverTrust(args: ProxyArguments, roots: readonly string[]): Promise<UpstreamTrust> {
  const files = args['upstream-ca'] ?? [];
  const shown = args['client-cert'] ?? [];
  const read = await Promise.all(files.map((file) => readRoot(file)));
  const own = await Promise.all(shown.map((text) => clientCertificate(text, process.env)));
  try {
    return upstreamTrust(args.insecure, [...roots, ...read], own);
  } catch (error) {
    const given = [
      ...files.map((file) => `--upstream-ca ${file}`),
      ...shown.map((text) => `--client-cert ${text}`),
    ];
    throw new UsageError(`${given.join(' ')}: cannot be used (${reason(error)})`);
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
