import type { Side } from '../../tap.ts';
import type { Extension, ExtensionParameter } from './extension-list.ts';
import type { Violation } from './violation.ts';

/** How one side compresses (RFC 7692 section 7). */
export interface Compression {
  /** Whether a message may refer to the ones before it (section 7.1.1). */
  readonly takeover: boolean;
  /** Logarithm to base 2 of the LZ77 window in bytes: 8 to 15 (section 7.1.2). */
  readonly windowBits: number;
}

/** permessage-deflate as agreed, by who compresses. */
export interface PermessageDeflate {
  readonly client: Compression;
  readonly server: Compression;
}

/** The extension's name (RFC 7692 section 7). */
export const PERMESSAGE_DEFLATE = 'permessage-deflate';

const DEFAULT_WINDOW_BITS = 15;
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/** What the server accepted. Parameters that break a rule count as absent. */
export function agreedCompression(accepted: Extension): PermessageDeflate {
  return { client: compression(accepted, 'client'), server: compression(accepted, 'server') };
}

/** What is wrong with an element's own parameters; `from` is who sent it (RFC 7692 section 7.1). */
export function parameterViolations({ parameters }: Extension, from: Side): readonly Violation[] {
  return parameters.flatMap((parameter, index) => {
    const isRepeated = parameters.findIndex(({ name }) => name === parameter.name) !== index;
    const detail = isRepeated ? `${parameter.name} comes twice` : parameterFlaw(parameter, from);
    return detail === undefined ? [] : [{ rule: 'RFC 7692 section 7.1', detail }];
  });
}

/** Why `accepted` is no answer to `offer`, or undefined when it is one. */
export function misfit(accepted: Extension, offer: Extension): Violation | undefined {
  return serverMisfit(accepted, offer) ?? clientMisfit(accepted, offer);
}

/** What the client asked of the server, the server must grant, or not accept the offer. */
function serverMisfit(accepted: Extension, offer: Extension): Violation | undefined {
  const noTakeover = 'server_no_context_takeover';
  if (find(offer, noTakeover) && !find(accepted, noTakeover)) {
    return { rule: 'RFC 7692 section 7.1.1.1', detail: `${noTakeover} was asked for, not granted` };
  }
  const asked = windowBits(offer, 'server');
  const granted = windowBits(accepted, 'server');
  if (asked === undefined || (granted !== undefined && granted <= asked)) return undefined;
  const detail = `server_max_window_bits=${asked} was asked for, not granted`;
  return { rule: 'RFC 7692 section 7.1.2.1', detail };
}

/** The client's window is the server's to narrow only where the client said that it can. */
function clientMisfit(accepted: Extension, offer: Extension): Violation | undefined {
  const wanted = windowBits(accepted, 'client');
  const hint = windowBits(offer, 'client') ?? DEFAULT_WINDOW_BITS;
  const isOffered = find(offer, 'client_max_window_bits') !== undefined;
  if (wanted === undefined || (isOffered && wanted <= hint)) return undefined;
  const offered = isOffered ? `${hint} was` : 'none was';
  const detail = `client_max_window_bits=${wanted} where ${offered} offered`;
  return { rule: 'RFC 7692 section 7.1.2.2', detail };
}

function parameterFlaw({ name, value }: ExtensionParameter, from: Side): string | undefined {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === undefined ? undefined : `${name} has the value ${value}`;
    case 'server_max_window_bits':
    case 'client_max_window_bits':
      if (value === undefined && from === 'client' && name === 'client_max_window_bits') return undefined;
      if (value === undefined) return `${name} has no value`;
      return WINDOW_BITS.test(value) ? undefined : `${name} is ${value} and not 8 to 15`;
    default:
      return `permessage-deflate has no parameter ${name}`;
  }
}

function compression(accepted: Extension, side: Side): Compression {
  return {
    takeover: find(accepted, `${side}_no_context_takeover`) === undefined,
    windowBits: windowBits(accepted, side) ?? DEFAULT_WINDOW_BITS,
  };
}

function windowBits(extension: Extension, side: Side): number | undefined {
  const value = find(extension, `${side}_max_window_bits`)?.value;
  return value !== undefined && WINDOW_BITS.test(value) ? Number(value) : undefined;
}

function find({ parameters }: Extension, wanted: string): ExtensionParameter | undefined {
  return parameters.find(({ name }) => name === wanted);
}
