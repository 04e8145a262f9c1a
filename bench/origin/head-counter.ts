const HEAD_END = Buffer.from('\r\n\r\n');

/** Counts the heads (requests without a body) that end in each chunk, wherever the network cut them. */
export class HeadCounter {
  #matched = 0;

  push(bytes: Uint8Array): number {
    let heads = 0;
    let matched = this.#matched;
    for (const byte of bytes) {
      if (byte === HEAD_END[matched]) matched++;
      else matched = byte === HEAD_END[0] ? 1 : 0;
      if (matched === HEAD_END.length) {
        heads++;
        matched = 0;
      }
    }
    this.#matched = matched;
    return heads;
  }
}
