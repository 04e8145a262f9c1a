import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateAuthority, openCertificateAuthority } from '../proxy/certificate-authority.ts';
import { LeafCertificates } from '../proxy/leaf-certificates.ts';

/** An authority that exists in memory alone, with the certificates it signs. */
export interface TestAuthority {
  readonly authority: CertificateAuthority;
  readonly leaves: LeafCertificates;
}

async function makeAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
  const authority = await openCertificateAuthority(folder);
  await rm(folder, { recursive: true });
  return { authority, leaves: new LeafCertificates(authority) };
}

const made = new Map<string, Promise<TestAuthority>>();

/** The authority of this name, made once a process: `proxy` signs for the proxy, `origin` for servers. */
export function testAuthority(name: 'proxy' | 'origin'): Promise<TestAuthority> {
  const known = made.get(name) ?? makeAuthority();
  made.set(name, known);
  return known;
}
