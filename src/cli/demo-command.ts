import type { CommandModule } from 'yargs';
import { type ProxyArguments, withProxyOptions } from './proxy-options.ts';
import { weigh } from './weigh.ts';

/** `tare demo`: a chat server and its clients, over every transport, through the proxy. */
export const demoCommand: CommandModule<object, ProxyArguments> = {
  command: 'demo',
  describe: 'Show a chat over polling, long polling, SSE and WebSocket, plain and over TLS',
  builder: (yargs) => withProxyOptions(yargs, '0'),
  handler: async (args) => {
    const { demo } = await import('./demo.ts');
    process.exitCode = await weigh(args, await demo());
  },
};
