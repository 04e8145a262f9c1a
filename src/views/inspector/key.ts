/** A key as a terminal tells it. */
export interface Key {
  /** The character it types, or `space`, `up`, `enter`, `escape`, `tab`, `S-tab`, `C-d`, `pagedown`, … */
  readonly name: string;
  /** The character it types; empty for keys that type none. */
  readonly text: string;
}

/** What a key does, in words. */
export interface KeyHint {
  /** As printed: `↑↓`, `⏎`, `f`. */
  readonly key: string;
  /** One or two words: `follow`. */
  readonly does: string;
  /** A sentence, for the page of all keys. */
  readonly tells: string;
}
