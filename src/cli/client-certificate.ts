import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { readHostPattern } from '../proxy/host-pattern.ts';
import type { ClientCertificate } from '../proxy/tls-opening.ts';
import { reason, UsageError } from './usage-error.ts';

/** Where a passphrase is taken from: on the command line everybody on the machine could read it. */
const PASSPHRASE = 'TARE_CLIENT_CERT_PASSPHRASE';

const PACKED = /\.(p12|pfx)$/i;

/**
 * Reads `HOST=FILE`: PEM with a certificate, its chain and its key; or `HOST=CERT,KEY` in two files; or PKCS #12 where FILE
 * ends in .p12 or .pfx. Rejects with a UsageError where they cannot be used.
 */
export async function clientCertificate(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ClientCertificate> {
  const equals = text.indexOf('=');
  const servers = text.slice(0, Math.max(equals, 0));
  const files = text.slice(equals + 1).split(',');
  const [certificate = '', key = certificate] = files;
  const isPacked = PACKED.test(certificate);
  if (!readHostPattern(servers) || files.length > (isPacked ? 1 : 2) || files.includes('')) {
    const example = "write for example api.example.com=client.pem or '*.example.com=client.crt,client.key'";
    throw new UsageError(`--client-cert ${text}: not HOST=FILE; ${example}`);
  }
  const passphrase = env[PASSPHRASE];
  const identity = isPacked ? await packed(certificate, passphrase) : await pem(certificate, key, passphrase);
  return { servers, identity };
}

type Identity = ClientCertificate['identity'];

async function packed(file: string, passphrase: string | undefined): Promise<Identity> {
  const identity = { pfx: await contents(file), passphrase };
  try {
    createSecureContext(identity);
    return identity;
  } catch (error) {
    throw new UsageError(
      `--client-cert ${file}: not PKCS #12 that opens (${reason(error)}); ${passphraseHelp(passphrase)}`,
    );
  }
}

async function pem(
  certificateFile: string,
  keyFile: string,
  passphrase: string | undefined,
): Promise<Identity> {
  const cert = (await contents(certificateFile)).toString('latin1');
  const key = (await contents(keyFile)).toString('latin1');
  const opened = privateKey(key, keyFile, passphrase);
  if (!parsed(cert, certificateFile).checkPrivateKey(opened)) {
    throw new UsageError(
      `--client-cert: the key in ${keyFile} does not belong to the first certificate in ${certificateFile}; put the certificate it was made for first, its chain behind it`,
    );
  }
  return { cert, key, passphrase };
}

function parsed(cert: string, file: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new UsageError(`--client-cert ${file}: no certificate in PEM there (${reason(error)})`);
  }
}

function privateKey(key: string, file: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const help = key.includes('ENCRYPTED')
      ? passphraseHelp(passphrase)
      : 'put it behind the certificate, or name its file too: HOST=CERT,KEY';
    throw new UsageError(
      `--client-cert ${file}: no private key in PEM that opens (${reason(error)}); ${help}`,
    );
  }
}

function passphraseHelp(passphrase: string | undefined): string {
  return passphrase === undefined
    ? `a passphrase is taken from the environment, ${PASSPHRASE}`
    : `the passphrase in ${PASSPHRASE} may be wrong`;
}

function contents(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new UsageError(`--client-cert ${file}: cannot be read (${reason(error)})`);
  });
}
