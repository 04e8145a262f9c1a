/** What somebody said. */
export interface ChatMessage {
  /** Counts up from 1 within its room. */
  readonly id: number;
  readonly user: string;
  readonly text: string;
  /** ISO 8601, to the millisecond. */
  readonly at: string;
}

/** What a room tells those who are in it. */
export type ChatNews =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'presence'; readonly online: readonly string[] };

/** Messages a room remembers for those who come, or come back, later. */
const MEMORY = 200;

/** A chat room in memory. Servers that share one let their visitors talk to each other. */
export class ChatRoom {
  readonly #messages: ChatMessage[] = [];
  readonly #listeners = new Set<(news: ChatNews) => void>();
  readonly #online: string[] = [];
  #lastId = 0;

  say(user: string, text: string): ChatMessage {
    const message = { id: ++this.#lastId, user, text, at: new Date().toISOString() };
    this.#messages.push(message);
    if (this.#messages.length > MEMORY) this.#messages.shift();
    this.#tell({ type: 'message', message });
    return message;
  }

  /** The messages that came after the one with this id, as far as the room remembers. */
  after(id: number): readonly ChatMessage[] {
    return this.#messages.filter((message) => message.id > id);
  }

  /** Listens without being seen; returns how to stop. */
  listen(listener: (news: ChatNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listens and is seen: everybody is told, the newcomer too; returns how to leave. */
  enter(user: string, listener: (news: ChatNews) => void): () => void {
    const stop = this.listen(listener);
    this.#online.push(user);
    this.#tell({ type: 'presence', online: [...this.#online] });
    return () => {
      stop();
      this.#online.splice(this.#online.indexOf(user), 1);
      this.#tell({ type: 'presence', online: [...this.#online] });
    };
  }

  #tell(news: ChatNews): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}

/** The fields of a JSON object, or undefined when the text is no such thing. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value that came over the wire is a message. */
export function isChatMessage(value: unknown): value is ChatMessage {
  if (typeof value !== 'object' || value === null) return false;
  if (!('id' in value && 'user' in value && 'text' in value && 'at' in value)) return false;
  return (
    typeof value.id === 'number' &&
    [value.user, value.text, value.at].every((field) => typeof field === 'string')
  );
}
