import { readIdentity } from '../identity.ts';
import { startOrigin } from './origin.ts';

/** The origin as a process of its own: `node main.js FOLDER`; it tells its ports over IPC and ends with its parent. */
const { ports } = await startOrigin(readIdentity(process.argv[2]!));
process.on('disconnect', () => process.exit());
process.send?.(ports);
