import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { inspect } from 'node:util';
import { readHostPattern } from '../proxy/host-pattern.ts';
import type { ProxyOptions as ProxySettings, ReverseOptions } from '../proxy/proxy.ts';
import type { Resolution } from '../proxy/resolution.ts';
import { type ClientCertificate as ShownCertificate, upstreamTrust } from '../proxy/tls-opening.ts';
import type { ClientCertificate, ProxyOptions } from './proxy-options.ts';

const MIN_MEMORY = 16 << 20;

/** Options once they are checked: what the proxy takes, and what is for those around it. */
export interface CheckedOptions {
  readonly proxy: Pick<
    ProxySettings,
    'listen' | 'passthrough' | 'scope' | 'resolutions' | 'trust' | 'reverse'
  >;
  readonly caFolder: string | undefined;
  readonly memory: number | undefined;
}

/** Throws a TypeError that names the option, and what was given for it. */
export function checkedOptions(options: ProxyOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw wrong('options', 'not an object', options);
  checkNames(options);
  const { host = '127.0.0.1', port = 0, reverse, keepHost, memory } = options;
  const reversed = reverseOptions(reverse, keepHost);
  return {
    proxy: {
      listen: { host: text('host', host), port: wholeNumber('port', port, 0, 65_535) },
      passthrough: hostPatterns('passthrough', options.passthrough),
      scope: { only: hostPatterns('only', options.only), hide: hostPatterns('hide', options.hide) },
      resolutions: list('resolve', options.resolve).map(checkedResolution),
      trust: trust(options),
      ...(reversed && { reverse: reversed }),
    },
    caFolder: options.caFolder === undefined ? undefined : text('caFolder', options.caFolder),
    memory:
      memory === undefined ? undefined : wholeNumber('memory', memory, MIN_MEMORY, Number.MAX_SAFE_INTEGER),
  };
}

const NAMES: Readonly<Record<keyof ProxyOptions, true>> = {
  host: true,
  port: true,
  caFolder: true,
  passthrough: true,
  only: true,
  hide: true,
  resolve: true,
  upstreamCa: true,
  insecure: true,
  clientCertificates: true,
  reverse: true,
  keepHost: true,
  memory: true,
};

/** An option that nobody reads is a slip of the pen, and would be looked for in vain. */
function checkNames(options: object): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(NAMES, name)) continue;
    throw new TypeError(`startProxy: there is no option ${name}; there are ${Object.keys(NAMES).join(', ')}`);
  }
}

function wrong(option: string, why: string, given: unknown): TypeError {
  return new TypeError(
    `startProxy: ${option}: ${why}: ${inspect(given, { depth: 1, maxStringLength: 100 })}`,
  );
}

function text(option: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given;
  throw wrong(option, 'not a text', given);
}

function flag(option: string, given: unknown): boolean {
  if (given === undefined || typeof given === 'boolean') return given ?? false;
  throw wrong(option, 'not true or false', given);
}

function wholeNumber(option: string, given: unknown, least: number, most: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= most) return given;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw wrong(option, `not a whole number ${range}`, given);
}

function list<Item>(option: string, given: readonly Item[] | undefined): readonly Item[] {
  if (given === undefined) return [];
  if (Array.isArray(given)) return given;
  throw wrong(option, 'not an array', given);
}

function hostPatterns(option: string, given: readonly string[] | undefined): readonly string[] {
  for (const pattern of list(option, given)) checkHostPattern(option, pattern);
  return given ?? [];
}

function checkHostPattern(option: string, pattern: unknown): void {
  if (typeof pattern === 'string' && readHostPattern(pattern)) return;
  throw wrong(option, "not a host as in 'api.example.com', '*.example.com' or 'localhost:8443'", pattern);
}

function checkedResolution(given: Resolution, index: number): Resolution {
  const option = `resolve[${index}]`;
  const { host, port, addresses } = Object(given);
  text(`${option}.host`, host);
  wholeNumber(`${option}.port`, port, 1, 65_535);
  if (list(`${option}.addresses`, addresses).length === 0)
    throw wrong(`${option}.addresses`, 'empty', addresses);
  for (const address of addresses) {
    if (typeof address !== 'string' || isIP(address) === 0) {
      throw wrong(`${option}.addresses`, 'not an IP address', address);
    }
  }
  return { host, port, addresses };
}

function reverseOptions(given: string | URL | undefined, keepHost: unknown): ReverseOptions | undefined {
  const keeps = flag('keepHost', keepHost);
  if (given !== undefined) return { target: targetUrl(given), keepHost: keeps };
  if (keeps) throw wrong('keepHost', 'only with reverse, whose requests it is about', keepHost);
  return undefined;
}

function targetUrl(given: string | URL): URL {
  const target = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw wrong('reverse', 'not an http:// or https:// URL', given);
  }
  if (target.username !== '' || target.password !== '') {
    throw new TypeError(
      'startProxy: reverse: a name and password have no place there; let the client send them',
    );
  }
  if (/[?#]/.test(target.href)) throw wrong('reverse', 'a query or fragment has no place there', given);
  return target;
}

function trust({ insecure, upstreamCa, clientCertificates }: ProxyOptions): ProxySettings['trust'] {
  const given = Array.isArray(upstreamCa) ? upstreamCa : upstreamCa === undefined ? [] : [upstreamCa];
  const roots = given.map((pem, index) => root(`upstreamCa[${index}]`, pem));
  const shown = list('clientCertificates', clientCertificates).map(shownCertificate);
  return upstreamTrust(flag('insecure', insecure), roots, shown);
}

function root(option: string, given: unknown): string {
  const pem = pemText(option, given);
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw wrong(option, 'not a certificate in PEM (the contents of a file are wanted, not its name)', given);
  }
}

/** No key, and no passphrase, is ever quoted. */
function shownCertificate(given: ClientCertificate, index: number): ShownCertificate {
  const option = `clientCertificates[${index}]`;
  const { servers, passphrase, cert, key, pfx } = Object(given) as ClientCertificate;
  checkHostPattern(`${option}.servers`, servers);
  const identity = pfx
    ? { pfx: Buffer.from(pfx), passphrase }
    : { cert: pemText(`${option}.cert`, cert), key: pemText(`${option}.key`, key), passphrase };
  try {
    upstreamTrust(false, [], [{ servers, identity }]);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`startProxy: ${option}, for ${servers}: cannot be used: ${message}`, { cause });
  }
  return { servers, identity };
}

function pemText(option: string, given: unknown): string {
  if (typeof given === 'string') return given;
  if (given instanceof Uint8Array) return Buffer.from(given).toString('latin1');
  throw new TypeError(
    `startProxy: ${option}: neither text nor bytes but ${given === null ? 'null' : typeof given}`,
  );
}
