import { type EventOf, isOfType, type SessionEvent, type SessionEventType } from './session-event.ts';

/** Why an event that was waited for did not come: its time was up, or the session ended before. */
export class NoEventError extends Error {
  readonly code: 'TIMEOUT' | 'ENDED';

  constructor(code: 'TIMEOUT' | 'ENDED', message: string) {
    super(message);
    this.name = 'NoEventError';
    this.code = code;
  }
}

/** The event that somebody waits for, and how many were looked at for it. */
export class WantedEvent<Type extends SessionEventType> {
  readonly type: Type;
  readonly #isWanted: (event: EventOf<Type>) => boolean;
  #seen = 0;

  constructor(type: Type, isWanted: (event: EventOf<Type>) => boolean) {
    this.type = type;
    this.#isWanted = isWanted;
  }

  /** Throws what the one who waits throws. */
  is(event: SessionEvent): event is EventOf<Type> {
    if (!isOfType(event, [this.type])) return false;
    this.#seen++;
    return this.#isWanted(event);
  }

  /** To be told when it will not come any more. */
  missing(code: NoEventError['code'], when: string): NoEventError {
    const others = this.#seen === 0 ? 'none came' : `${this.#seen} came, and none was wanted`;
    return new NoEventError(code, `no such '${this.type}' ${when}: ${others}`);
  }
}
