import type { Side } from '../../tap.ts';
import type { Fault } from '../decoder.ts';
import type { AgreedExtensions } from './extensions.ts';
import { ALL_RSV, type FrameHeader, isControl, isLengthMinimal, OPCODE, RSV1 } from './frame-header.ts';

/** RFC 6455 section 5.5. */
export const MAX_CONTROL_PAYLOAD = 125;

/** What can be done with a frame: read it, step over it, or not even find its end. */
export type Readability = 'readable' | 'unreadable' | 'endless';

/** Where faults go. */
interface Faults {
  push(fault: Fault): void;
}

/** What each frame must keep to whatever came before it (RFC 6455 sections 5.1 to 5.5). */
export class FrameRules {
  readonly #from: Side;
  /** RSV bits that an extension may use. */
  readonly #allowedBits: number;
  readonly #mayHaveNewOpcodes: boolean;

  constructor(from: Side, { deflate, unknown }: AgreedExtensions) {
    this.#from = from;
    this.#allowedBits = unknown.length > 0 ? ALL_RSV : deflate ? RSV1 : 0;
    this.#mayHaveNewOpcodes = unknown.length > 0;
  }

  /** Adds the faults of a frame that begins at `start`. */
  judge(header: FrameHeader, start: number, faults: Faults): Readability {
    if (!Number.isSafeInteger(header.payloadLength)) return tooLong(header, start, faults);
    if ((header.maskKey !== undefined) !== (this.#from === 'client')) {
      faults.push(
        fault(
          start,
          '5.1',
          `a ${this.#from}'s frame ${header.maskKey === undefined ? 'without' : 'with'} a mask`,
        ),
      );
    }
    if (!isLengthMinimal(header)) {
      faults.push(fault(start, '5.2', `a length of ${header.payloadLength} in more bytes than it takes`));
    }
    const strange = header.reserved & ~this.#allowedBits;
    if (strange !== 0) {
      faults.push(
        fault(start, '5.2', `${bitNames(strange)} without an extension that gives a meaning to it`),
      );
    }
    if (OPCODES.has(header.opcode))
      return isControl(header) ? judgeControl(header, start, faults) : 'readable';
    if (!this.#mayHaveNewOpcodes) faults.push(fault(start, '5.2', `the reserved opcode ${header.opcode}`));
    return 'unreadable';
  }
}

const OPCODES: ReadonlySet<number> = new Set(Object.values(OPCODE));

function judgeControl(header: FrameHeader, start: number, faults: Faults): Readability {
  if (!header.fin) faults.push(fault(start, '5.5', 'a fragmented control frame'));
  if (header.payloadLength <= MAX_CONTROL_PAYLOAD) return 'readable';
  faults.push(fault(start, '5.5', `a control frame of ${header.payloadLength} bytes`));
  return 'unreadable';
}

/** After a frame that cannot end nothing else can be found. */
function tooLong({ payloadLength }: FrameHeader, start: number, faults: Faults): Readability {
  const isNegative = payloadLength === Number.POSITIVE_INFINITY;
  faults.push(
    isNegative
      ? fault(start, '5.2', 'a length with its highest bit set')
      : { type: 'fault', start, rule: 'limit', detail: 'a frame of more than 2^53 - 1 bytes' },
  );
  return 'endless';
}

function fault(start: number, section: string, detail: string): Fault {
  return { type: 'fault', start, rule: `RFC 6455 section ${section}`, detail };
}

function bitNames(bits: number): string {
  return ['RSV1', 'RSV2', 'RSV3'].filter((_, index) => bits & (RSV1 >> index)).join(' and ');
}
