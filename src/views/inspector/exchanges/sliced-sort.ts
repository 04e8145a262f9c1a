/** Entries that are sorted at once, which takes some 3 ms; steps of a merge from one pause to the next. */
const RUN = 8192;

/**
 * The numbers from 0 to `keys.length`, those with the smallest keys first, equal ones in their order. Pauses (yields) every
 * few milliseconds, so that a million are sorted while other things go on.
 */
export function* slicedSort(keys: Float64Array): Generator<undefined, Int32Array> {
  let order = new Int32Array(keys.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  for (let start = 0; start < order.length; start += RUN) {
    order.subarray(start, start + RUN).sort((one, other) => keys[one]! - keys[other]! || one - other);
    yield;
  }
  let spare = new Int32Array(order.length);
  for (let width = RUN; width < order.length; width *= 2) {
    for (let start = 0; start < order.length; start += 2 * width) {
      yield* merge(order, spare, keys, start, width);
    }
    [order, spare] = [spare, order];
  }
  return order;
}

/** Two sorted runs of at most `width`, from `start` on, as one. */
function* merge(
  from: Int32Array,
  to: Int32Array,
  keys: Float64Array,
  start: number,
  width: number,
): Generator<undefined, void> {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(middle + width, from.length);
  let left = start;
  let right = middle;
  for (let out = start; out < end; out++) {
    const takesLeft = left < middle && (right >= end || keys[from[left]!]! <= keys[from[right]!]!);
    to[out] = takesLeft ? from[left++]! : from[right++]!;
    if ((out & (RUN - 1)) === 0) yield;
  }
}
