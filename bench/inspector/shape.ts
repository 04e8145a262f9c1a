/** How many messages a session holds, and in what. */
export interface SessionShape {
  readonly name: string;
  /** Messages of one WebSocket. */
  readonly inOne: number;
  /** Messages of twenty others, all together. */
  readonly inTwenty: number;
  /** Requests, each with an answer that has a body: a message each. */
  readonly requests: number;
}

/** A million messages: as a chat has them, and the worst there can be, an exchange each. */
export const SHAPES: readonly SessionShape[] = [
  { name: 'WebSockets and requests', inOne: 600_000, inTwenty: 200_000, requests: 200_000 },
  { name: 'requests alone', inOne: 0, inTwenty: 0, requests: 1_000_000 },
];
