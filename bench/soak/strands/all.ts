import type { Strand } from '../strand.ts';
import { aborts } from './aborts.ts';
import { eventStreams } from './event-streams.ts';
import { httpStrands } from './http.ts';
import { webSocketStrands } from './web-sockets.ts';

/** All of them run at once. */
export const STRANDS: readonly Strand[] = [...httpStrands, ...webSocketStrands, eventStreams, aborts];
