import { Buffer, isUtf8 } from 'node:buffer';
import type { Bytes } from '../../tap.ts';
import type { Violation } from './violation.ts';

/** What a close frame says (RFC 6455 section 5.5.1). */
export interface CloseBody {
  /** '1000 bye': code and reason as far as there are any; what is not UTF-8 shows as U+FFFD. */
  readonly name: string;
  readonly violations: readonly Violation[];
}

/** Reads a close frame's payload. */
export function readCloseBody(body: Bytes): CloseBody {
  if (body.length === 0) return { name: '', violations: [] };
  if (body.length === 1) {
    return {
      name: '',
      violations: [{ rule: 'RFC 6455 section 5.5.1', detail: 'a close code of one byte' }],
    };
  }
  const code = (body[0]! << 8) | body[1]!;
  const reason = body.subarray(2);
  const text = Buffer.from(reason.buffer, reason.byteOffset, reason.length).toString();
  return {
    name: text === '' ? `${code}` : `${code} ${text}`,
    violations: [...codeViolations(code), ...reasonViolations(reason)],
  };
}

/** Codes of IANA's registry, and those open to libraries and applications, may travel (sections 7.4.1 and 7.4.2). */
function codeViolations(code: number): readonly Violation[] {
  const mayTravel =
    (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
  if (mayTravel) return [];
  const section = code >= 1004 && code <= 1015 ? '7.4.1' : '7.4.2';
  return [{ rule: `RFC 6455 section ${section}`, detail: `the close code ${code}, which must not be sent` }];
}

function reasonViolations(reason: Bytes): readonly Violation[] {
  return isUtf8(reason) ? [] : [{ rule: 'RFC 6455 section 8.1', detail: 'a close reason that is not UTF-8' }];
}
