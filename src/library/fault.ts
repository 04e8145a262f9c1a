import type { Session, SessionFault } from '../session/session.ts';
import type { Side } from '../tap.ts';
import { unixTime } from './session-time.ts';

/** A rule that a peer broke, and where. */
export interface Fault {
  readonly connection: number;
  /** Undefined where it belongs to no exchange. */
  readonly exchange: number | undefined;
  readonly from: Side;
  readonly at: number;
  /** Bytes from the start of what that side sent on the connection. */
  readonly start: number;
  /** Its paragraph ('RFC 6455 section 5.1'), or 'limit' for a bound of tare's. */
  readonly rule: string;
  /** What happened, in words; may quote bytes off the wire. */
  readonly detail: string;
}

export function faultCopy(session: Session, fault: SessionFault): Fault {
  return { ...fault, at: unixTime(session, fault.at) };
}
