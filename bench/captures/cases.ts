import { ethernetStretch } from './ethernet.ts';
import { echoes, events, everything, flood, largeMessages, requests, type Talk } from './samples.ts';
import { recordedStretch, type Stretch } from './stretch.ts';

/** A capture that is read: what is said in it, how it is written, and what memory reading it may take. */
export interface CaptureCase {
  readonly name: string;
  readonly talk: Talk;
  readonly stretch: (recording: Buffer) => Stretch;
  readonly memory: number;
}

/** In the order of the table. */
export const CASES: readonly CaptureCase[] = [
  { name: 'echoes', talk: echoes, stretch: recordedStretch, memory: 1e9 },
  { name: 'flood', talk: flood, stretch: recordedStretch, memory: 1e9 },
  { name: 'large-messages', talk: largeMessages, stretch: recordedStretch, memory: 500e6 },
  { name: 'http', talk: requests, stretch: recordedStretch, memory: 1e9 },
  { name: 'sse', talk: events, stretch: recordedStretch, memory: 1e9 },
  { name: 'all-recorded', talk: everything, stretch: recordedStretch, memory: 1e9 },
  { name: 'all-ethernet', talk: everything, stretch: ethernetStretch, memory: 1e9 },
];
