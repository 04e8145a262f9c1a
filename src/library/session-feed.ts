import type { Session } from '../session/session.ts';
import { EventQueue } from './event-queue.ts';
import { pastEvents } from './past-events.ts';
import {
  checkEventTypes,
  type EventOf,
  isOfType,
  type SessionEvent,
  type SessionEventType,
  sessionEvent,
} from './session-event.ts';
import type { AwaitedEventType, SessionEvents, UntilOptions } from './session-events.ts';
import { WantedEvent } from './wanted-event.ts';

/** Who wants to know what happens in a session. */
interface Follower {
  /** Of no types: of all. */
  readonly types: readonly string[];
  event(event: SessionEvent): void;
  end(): void;
}

/** Gives a session's events to whom asks. A reader of messages costs 1.1 us for each, however far it is behind. */
export class SessionFeed implements SessionEvents {
  readonly #session: Session;
  readonly #followers = new Set<Follower>();
  #hasEnded = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** No more will happen in the session. */
  end(): void {
    this.#hasEnded = true;
    for (const follower of this.#followers) follower.end();
  }

  events<Type extends SessionEventType>(...types: readonly Type[]): AsyncIterableIterator<EventOf<Type>> {
    checkEventTypes('events', types);
    const queue = new EventQueue<EventOf<Type>>({
      leftOut(count, { at }) {
        const event: SessionEvent = { type: 'left-out', at, count };
        return isOfType(event, types) ? event : undefined;
      },
      onLeave: () => leave(),
    });
    const leave = this.#follow({
      types,
      event: (event) => isOfType(event, types) && queue.add(event),
      end: () => queue.end(),
    });
    return queue;
  }

  async until<Type extends AwaitedEventType>(
    type: Type,
    isWanted: (event: EventOf<Type>) => boolean = () => true,
    options: UntilOptions = {},
  ): Promise<EventOf<Type>> {
    checkEventTypes('until', [type]);
    options.signal?.throwIfAborted();
    const wanted = new WantedEvent(type, isWanted);
    for (const event of pastEvents(this.#session, type)) if (wanted.is(event)) return event;
    return this.#next(wanted, options);
  }

  #next<Type extends SessionEventType>(
    wanted: WantedEvent<Type>,
    { timeoutMs, signal }: UntilOptions,
  ): Promise<EventOf<Type>> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        leave();
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        how();
      };
      const onAbort = () => settle(() => reject(signal?.reason));
      const onTimeout = () => settle(() => reject(wanted.missing('TIMEOUT', `came within ${timeoutMs} ms`)));
      const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
      signal?.addEventListener('abort', onAbort);
      const leave = this.#follow({
        types: [wanted.type],
        event: (event) => {
          try {
            if (wanted.is(event)) settle(() => resolve(event));
          } catch (error) {
            settle(() => reject(error));
          }
        },
        end: () => settle(() => reject(wanted.missing('ENDED', 'came before the session ended'))),
      });
    });
  }

  /** Tells a follower what happens until the end, or until what this returns is called. */
  #follow(follower: Follower): () => void {
    const { types } = follower;
    const stopWatching = this.#session.watch((change) => {
      if (types.length > 0 && !types.includes(change.type)) return;
      const event = sessionEvent(this.#session, change);
      if (event) follower.event(event);
    });
    this.#followers.add(follower);
    if (this.#hasEnded) queueMicrotask(() => follower.end());
    return () => {
      stopWatching();
      this.#followers.delete(follower);
    };
  }
}
