import type { Side, TapEvent } from '../tap.ts';

/** Hears tap events and keeps them, as borrowed bytes have to be copied to be kept. */
export class HeardTaps {
  readonly events: TapEvent[] = [];

  readonly sink = (event: TapEvent): void => {
    this.events.push(event.type === 'bytes' ? { ...event, bytes: Uint8Array.from(event.bytes) } : event);
  };

  /** Each event in a few words, without times; pieces of what one side said in a row are joined. */
  story(): string[] {
    const lines: string[] = [];
    let speaker = '';
    for (const event of this.events) {
      const line = lineOf(event);
      const isGoingOn = event.type === 'bytes' && speaker === `${event.connection} ${event.from}`;
      if (isGoingOn) lines[lines.length - 1] += Buffer.from(event.bytes).toString('latin1');
      else lines.push(line);
      speaker = event.type === 'bytes' ? `${event.connection} ${event.from}` : '';
    }
    return lines;
  }

  all<Type extends TapEvent['type']>(type: Type): (TapEvent & { readonly type: Type })[] {
    return this.events.filter((event): event is TapEvent & { readonly type: Type } => event.type === type);
  }

  /** All that one side said, zeros for what was lost. */
  said(from: Side, connection = 1): Buffer {
    const parts = this.events.map((event) => {
      if (event.connection !== connection) return new Uint8Array();
      if (event.type === 'bytes' && event.from === from) return event.bytes as Uint8Array;
      return new Uint8Array(event.type === 'lost' && event.from === from ? event.length : 0);
    });
    return Buffer.concat(parts);
  }
}

function lineOf(event: TapEvent): string {
  const { connection: number } = event;
  switch (event.type) {
    case 'opened': {
      const { clientAddress, server } = event.facts;
      return `${number} opened ${clientAddress.host}:${clientAddress.port} > ${server.host}:${server.port}`;
    }
    case 'bytes':
      return `${number} ${event.from}: ${Buffer.from(event.bytes).toString('latin1')}`;
    case 'lost':
      return `${number} ${event.from} lost ${event.length}`;
    case 'ended':
      return `${number} ${event.from} ended`;
    case 'closed':
      return `${number} closed ${event.reason}`;
    case 'failed':
      return `${number} failed ${event.failure.code}: ${event.failure.message}`;
  }
}
