/** Types of pcapng blocks (draft-ietf-opsawg-pcapng section 4, 11.1). The rest is skipped. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete (appendix A). */
  packet: 2,
  simplePacket: 3,
  names: 4,
  statistics: 5,
  enhancedPacket: 6,
  secrets: 10,
  /** A custom block, which a program may copy to another file; and one that it may not. */
  custom: 0xbad,
  customFixed: 0x40000bad,
} as const;

/** What stands in a section's header in the section's own byte order (section 4.1). */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Options; but for the first two, each kind of block has its own numbers. */
export const OPTION = {
  end: 0,
  comment: 1,
  hardware: 2,
  system: 3,
  application: 4,
  interfaceName: 2,
  resolution: 9,
  timeOffset: 14,
  received: 4,
  dropped: 5,
} as const;

/** Kinds of entries in a block of names (section 4.5). */
export const NAME_ENTRY = { end: 0, ipv4: 1, ipv6: 2 } as const;

/** The resolution that means nanoseconds: ticks are 10 to the power of minus 9 seconds (section 4.2). */
export const NANOSECONDS = 9;
