import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateAuthority, openCertificateAuthority } from '../proxy/certificate-authority.ts';

/** An authority, and what becomes of its files when it is no longer needed. */
export interface OwnAuthority {
  readonly authority: CertificateAuthority;
  forget(): Promise<void>;
}

/**
 * The authority in `folder`, made there where there is none; without one, a new authority whose certificate lies in a temporary
 * folder, and whose key nowhere but in memory. Rejects with a CertificateError.
 */
export async function ownAuthority(folder: string | undefined): Promise<OwnAuthority> {
  if (folder !== undefined) {
    return { authority: await openCertificateAuthority(folder), forget: async () => {} };
  }
  const temporary = await mkdtemp(join(tmpdir(), 'tare-ca-'));
  const forget = () => rm(temporary, { recursive: true, force: true });
  try {
    const authority = await openCertificateAuthority(temporary);
    await rm(join(temporary, 'ca-key.pem'));
    return { authority, forget };
  } catch (error) {
    await forget();
    throw error;
  }
}
