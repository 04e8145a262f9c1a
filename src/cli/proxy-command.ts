import type { CommandModule } from 'yargs';
import { type ProxyArguments, withProxyOptions } from './proxy-options.ts';
import { weigh } from './weigh.ts';

/** `tare`: proxies whatever is pointed at it. */
export const proxyCommand: CommandModule<object, ProxyArguments> = {
  command: '$0',
  describe: 'Proxy and weigh what is sent through',
  builder: (yargs) => withProxyOptions(yargs),
  handler: async (args) => {
    process.exitCode = await weigh(args);
  },
};
