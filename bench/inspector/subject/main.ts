import { setFlagsFromString } from 'node:v8';
import type { Figures } from '../figures.ts';
import { SHAPES } from '../shape.ts';
import { LargeSession } from './large-session.ts';
import { liveFigures } from './live.ts';
import { stillFigures } from './still.ts';

/**
 * An inspector of a large session, in a process of its own: `node main.js SHAPE SHARE KEYS`. SHARE of the messages, by the number
 * of their shape; tells its parent the figures.
 */
setFlagsFromString('--semi-space-growth-factor=1'); // as tare has it
setFlagsFromString('--no-parallel-scavenge');

const [shape = 0, share = 1, keys = 1] = process.argv.slice(2).map(Number);
const { inOne, inTwenty, requests, ...rest } = SHAPES[shape]!;
const large = new LargeSession({
  ...rest,
  inOne: inOne * share,
  inTwenty: inTwenty * share,
  requests: requests * share,
});
const figures: Figures = { ...(await liveFigures(large, keys)), ...stillFigures(large) };
process.send?.(figures, () => process.disconnect());
