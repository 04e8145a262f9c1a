/** One thing that a capture file tells, in its order. */
export type CaptureRecord = PacketRecord | NamesRecord | DamageRecord;

/** One packet. */
export interface PacketRecord {
  readonly type: 'packet';
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  /** LINKTYPE number. */
  readonly link: number;
  /** As captured; perhaps cut short. Borrowed. */
  readonly bytes: Uint8Array;
  /** Length on the wire. */
  readonly length: number;
  readonly comments: readonly string[];
  /** Which interface of which section; equal numbers are the same one. */
  readonly interface: number;
}

/** What a file says of the names that addresses have. */
export interface NamesRecord {
  readonly type: 'names';
  readonly entries: readonly { readonly address: string; readonly names: readonly string[] }[];
}

/** A place where the file is not what it should be. All before it was read. */
export interface DamageRecord {
  readonly type: 'damage';
  /** Where in the file. */
  readonly offset: number;
  readonly detail: string;
}
