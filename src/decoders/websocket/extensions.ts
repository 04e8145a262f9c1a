import type { Side } from '../../tap.ts';
import { type Extension, readExtensionList } from './extension-list.ts';
import {
  agreedCompression,
  misfit,
  PERMESSAGE_DEFLATE,
  type PermessageDeflate,
  parameterViolations,
} from './permessage-deflate.ts';
import type { Violation } from './violation.ts';

/** What the handshake made of Sec-WebSocket-Extensions. */
export interface AgreedExtensions {
  readonly deflate: PermessageDeflate | undefined;
  /** Names of the others: what RSV bits and reserved opcodes mean is then theirs to say, and not judged. */
  readonly unknown: readonly string[];
}

/** No extension at all. */
export const NO_EXTENSIONS: AgreedExtensions = { deflate: undefined, unknown: [] };

/** A rule broken in the handshake, and by whom. */
type HandshakeViolation = Violation & { readonly from: Side };

/** What was agreed, and what was wrong with how. */
export interface ExtensionAgreement {
  readonly extensions: AgreedExtensions;
  readonly violations: readonly HandshakeViolation[];
}

/**
 * Reads the values of the Sec-WebSocket-Extensions fields: those of the request, or undefined where it was not seen,
 * and those of the response (RFC 6455 section 9.1).
 */
export function readExtensions(
  offered: readonly string[] | undefined,
  accepted: readonly string[],
): ExtensionAgreement {
  const offers = offered?.flatMap((value) => readExtensionList(value) ?? []);
  const answers = accepted.flatMap((value) => readExtensionList(value) ?? []);
  const deflate = answers.find(isDeflate);
  return {
    extensions: {
      deflate: deflate && agreedCompression(deflate),
      unknown: answers.filter((answer) => !isDeflate(answer)).map(({ name }) => name),
    },
    violations: [
      ...said('client', [...syntax(offered ?? []), ...ownFlaws(offers ?? [], 'client')]),
      ...said('server', [
        ...syntax(accepted),
        ...ownFlaws(answers, 'server'),
        ...repetitions(answers),
        ...(offers ? answers.flatMap((answer) => strays(answer, offers)) : []),
      ]),
    ],
  };
}

function isDeflate({ name }: Extension): boolean {
  return name === PERMESSAGE_DEFLATE;
}

function said(from: Side, violations: readonly Violation[]): readonly HandshakeViolation[] {
  return violations.map((violation) => ({ ...violation, from }));
}

function syntax(values: readonly string[]): readonly Violation[] {
  return values
    .filter((value) => readExtensionList(value) === undefined)
    .map((value) => ({ rule: 'RFC 6455 section 9.1', detail: `not a list of extensions: ${value}` }));
}

function ownFlaws(extensions: readonly Extension[], from: Side): readonly Violation[] {
  return extensions.filter(isDeflate).flatMap((extension) => parameterViolations(extension, from));
}

/** Two of the same kind would both want RSV1 (RFC 7692 section 5). */
function repetitions(answers: readonly Extension[]): readonly Violation[] {
  return answers
    .filter(isDeflate)
    .slice(1)
    .map(() => ({ rule: 'RFC 7692 section 5', detail: 'permessage-deflate was accepted more than once' }));
}

/** What `answer` says that none of the offers asked for. */
function strays(answer: Extension, offers: readonly Extension[]): readonly Violation[] {
  const matching = offers.filter(({ name }) => name === answer.name);
  if (matching.length === 0) {
    return [{ rule: 'RFC 6455 section 4.1', detail: `${answer.name} was accepted without being offered` }];
  }
  if (!isDeflate(answer)) return [];
  const misfits = matching.map((offer) => misfit(answer, offer));
  const first = misfits[0];
  return first !== undefined && misfits.every((each) => each !== undefined) ? [first] : [];
}
