import type { DecoderCase } from '../decoder-case.ts';
import { eventStream } from './event-stream.ts';
import { httpMessages } from './http.ts';
import { webSockets } from './websocket.ts';

/** In the order of the table. */
export const CASES: readonly DecoderCase[] = [...webSockets, eventStream, ...httpMessages];
