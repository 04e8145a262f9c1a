import type { EventOf, SessionEventType } from './session-event.ts';

/** Types of events that can be waited for. */
export type AwaitedEventType = Exclude<SessionEventType, 'left-out'>;

/** How long to wait for an event. */
export interface UntilOptions {
  /** Milliseconds; without it, for as long as the session goes on. */
  readonly timeoutMs?: number | undefined;
  /** Gives up when it aborts, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What happens in a session, as it happens. */
export interface SessionEvents {
  /**
   * All events from this call on, or those of `types` alone, until the session ends or the loop is left. Any number of readers may
   * read at once, each at its own pace. One that is slow holds up nothing: past 10,000 waiting events the oldest are dropped,
   * and a `left-out` tells how many, to whom asks for all or for `left-out` too.
   */
  events<Type extends SessionEventType>(...types: readonly Type[]): AsyncIterableIterator<EventOf<Type>>;

  /**
   * The first event of a type that `isWanted`, or the very first. What happened before the call counts too, as far as it is kept
   * (the last 10,000 of a kind): it does not matter whether the wait or what it waits for begins first. Rejects with a
   * NoEventError when the time is up or the session ends, and with what `isWanted` throws.
   */
  until<Type extends AwaitedEventType>(
    type: Type,
    isWanted?: (event: EventOf<Type>) => boolean,
    options?: UntilOptions,
  ): Promise<EventOf<Type>>;
}
