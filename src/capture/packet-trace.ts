import type { PacketRecord } from './record.ts';

/**
 * Told by a PacketSource which packets belong to which connection. A connection goes by its serial there: they are counted as their
 * first packets come, from 1, which is the same each time a file is read.
 */
export interface PacketTrace {
  /**
   * A packet of a connection, whether or not it tells anything new. Of one that came in fragments `record` is the last, and `fragments`
   * are those that came before.
   */
  packet(serial: number, record: PacketRecord, fragments: readonly PacketRecord[] | undefined): void;
  /** The number that tap events call the connection by. Each gets one, once. */
  numbered?(serial: number, connection: number): void;
}
