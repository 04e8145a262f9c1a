import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SignedIdentity, signedIdentity } from '../testing/signed-identity.ts';
import { clientCertificate } from './client-certificate.ts';
import { UsageError } from './usage-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-client-'));
const file = (name: string) => join(folder, name);
let ada: SignedIdentity;

beforeAll(async () => {
  ada = await signedIdentity('ada.test');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sealed = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opensesame' } as const;
  writeFileSync(file('both.pem'), ada.key + ada.cert);
  writeFileSync(file('ada.crt'), ada.cert);
  writeFileSync(file('ada.key'), ada.key);
  writeFileSync(file('other.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(file('sealed.key'), privateKey.export(sealed));
  writeFileSync(file('broken.p12'), 'no PKCS #12');
  writeFileSync(file('packed.p12'), Buffer.from(PACKED, 'base64'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('reads', () => {
  test.each([
    { told: 'one file', files: ['both.pem'] },
    { told: 'two files', files: ['ada.crt', 'ada.key'] },
  ])('$told', async ({ files }) => {
    const { servers, identity } = await clientCertificate(`*.a:443=${files.map(file).join(',')}`, {});
    expect(servers).toBe('*.a:443');
    expect(() => createSecureContext(identity)).not.toThrow();
    expect(identity).toMatchObject({
      cert: expect.stringContaining(ada.cert),
      key: expect.stringContaining(ada.key),
    });
  });

  test('PKCS #12 with its passphrase', async () => {
    const env = { TARE_CLIENT_CERT_PASSPHRASE: 'opensesame' };
    const { identity } = await clientCertificate(`a=${file('packed.p12')}`, env);
    expect(() => createSecureContext(identity)).not.toThrow();
  });
});

describe('says what is wrong with', () => {
  test.each([
    { given: 'a', why: /not HOST=FILE; write for example api\.example\.com=client\.pem/ },
    { given: '=a.pem', why: /not HOST=FILE/ },
    { given: 'a=', why: /not HOST=FILE/ },
    { given: 'a=x,y,z', why: /not HOST=FILE/ },
    { given: 'a=x.p12,y', why: /not HOST=FILE/ },
    { given: 'https://a=x', why: /not HOST=FILE/ },
    { given: 'a=/nonexistent', why: /^--client-cert \/nonexistent: cannot be read \(ENOENT/ },
    {
      given: 'a=ada.crt',
      why: /ada\.crt: no private key in PEM that opens .+ name its file too: HOST=CERT,KEY$/,
    },
    { given: 'a=ada.key', why: /ada\.key: no certificate in PEM there/ },
    {
      given: 'a=ada.crt,other.key',
      why: /the key in .+other\.key does not belong to the first certificate in .+ada\.crt/,
    },
    {
      given: 'a=ada.crt,sealed.key',
      why: /sealed\.key: .+ from the environment, TARE_CLIENT_CERT_PASSPHRASE$/,
    },
    {
      given: 'a=ada.crt,sealed.key',
      passphrase: 'wrong',
      why: /the passphrase in TARE_CLIENT_CERT_PASSPHRASE may be wrong$/,
    },
    { given: 'a=broken.p12', why: /broken\.p12: not PKCS #12 that opens/ },
    {
      given: 'a=packed.p12',
      passphrase: 'wrong',
      why: /packed\.p12: .+TARE_CLIENT_CERT_PASSPHRASE may be wrong$/,
    },
  ])('$given', async ({ given, why, passphrase }) => {
    const [host, files = ''] = given.split(/=(?=[a-z]+\.(?:crt|key|p12)\b)/);
    const text =
      files === '' || files.includes('.p12,') ? given : `${host}=${files.split(',').map(file).join(',')}`;
    const error: unknown = await clientCertificate(text, { TARE_CLIENT_CERT_PASSPHRASE: passphrase }).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(why);
  });
});

/** A certificate of `ada.test` and its key, made by: openssl pkcs12 -export -passout pass:opensesame */
const PACKED =
  'MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJKoZIhvcNAQcBMFcGCSqGSI' +
  'b3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiG5CKJv5qESQICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEL6R4rGuPMW8Yeox1ZBl4vKA' +
  'ggHgTRO/e84YNNpT/hYlVHLuHHcBC2hrVByws81BvQZ1EeAeL5AOJS7/zUwLAoveGo/xKEDWqqYGL5JgElF6fD5zRPHzoyF4BKvdY3wRnH6N2C' +
  'iTsun0tliJXXhxMH7xiqhHCFvipTAiS0+byXGrNM5fpWl8dDxiPHe0oY9K9cyEm4D825uOfEyjPK/8drYLqstoTFcX1aT/6559S008YWb3mNmW' +
  'CueUbOjg15C/PF00CqxQ69HvkELJCf6zkKlzkndlWMpXwwifw4hkWurnxIPIroshyQGHybZfBxDzjLyrtUj96EoyX/ZEUer704qV5vGG4npKIi' +
  '5qpS3MtAHcI/VKLczVVx+Hunk7lJBjnhv5so4SDCyCl63+AoqN8YBUSI/+NT8wcr4UN37O0UqZX+FYDIFqoH+Ae5yCDMCByixXz+BX0cLvzn5t' +
  'Qm3p+SCL6edS3j6MSznk+33DfnCc+izFWf+g+Ol8RXGzceXUWuMlqzJWL2oolGO7OeThH6chtHArXGD+zDfjRrUBDOqTJlE8sItZ7RzfvE191B' +
  'UZo8CkUbvaQf8sdMH++bdNZsDKyYM6uoGD2oFpVDToZucaJgdY6/p76wI96Ho5Uf4NElXpuuIDLZZot5SoiFZv89jJHyKKMIIBQQYJKoZIhvcN' +
  'AQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECL7AfCWTsXcnAgIIAD' +
  'AMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQi6qLr/Obt9ZWXYbBzCtuywSBkJevGrM1aDL8KnorL0fZ/zm1ntStHasT80X4uUaWB2kZzP+O' +
  'mFrskUS3RKytrGnRIg7k7btiMg7yNhyMsw++EeR7Ax3YlzwdkRP+rnu+Io9igePb+wKF4nOVQ4OiEdXczE4flbaydh5SgVzcqcUvuYuIGauyan' +
  'EnaZ7YQ5539cDptv4zJqPhwgnqgEwf+YxdMDElMCMGCSqGSIb3DQEJFTEWBBThQy2m3xY7wDcqifbKGnwmnRVL7DBBMDEwDQYJYIZIAWUDBAIB' +
  'BQAEIAtrXS8zUYwwZjAI/Nh2J/v2N+2lk1eB2GxIE0u0FayvBAhj/Tl1WuWN6gICCAA=';
