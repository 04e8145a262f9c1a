/** Items by a time, the earliest first; of those at the same time the one of the lowest order. */
export class TimeHeap<Item> {
  readonly #nodes: { readonly at: number; readonly order: number; readonly item: Item }[] = [];

  add(at: number, order: number, item: Item): void {
    const nodes = this.#nodes;
    const node = { at, order, item };
    let index = nodes.push(node) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(node, nodes[parent]!)) break;
      nodes[index] = nodes[parent]!;
      index = parent;
    }
    nodes[index] = node;
  }

  /** The earliest time; undefined where there is no item. */
  get next(): number | undefined {
    return this.#nodes[0]?.at;
  }

  /** Removes the first item and returns it. */
  take(): Item | undefined {
    const nodes = this.#nodes;
    const first = nodes[0];
    const last = nodes.pop();
    if (!first || !last || nodes.length === 0) return first?.item;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= nodes.length) break;
      if (child + 1 < nodes.length && isBefore(nodes[child + 1]!, nodes[child]!)) child++;
      if (!isBefore(nodes[child]!, last)) break;
      nodes[index] = nodes[child]!;
      index = child;
    }
    nodes[index] = last;
    return first.item;
  }
}

interface Place {
  readonly at: number;
  readonly order: number;
}

function isBefore(one: Place, other: Place): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
