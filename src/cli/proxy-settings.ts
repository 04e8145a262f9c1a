import type { ProxyOptions } from '../proxy/proxy.ts';
import { hostPatterns } from './host-patterns.ts';
import { portNumber } from './port-number.ts';
import type { ProxyArguments } from './proxy-options.ts';
import { resolution } from './resolve-option.ts';
import { reverseOptions } from './reverse-option.ts';

/** What the command line alone says of a proxy. */
export type ProxySettings = Pick<
  ProxyOptions,
  'listen' | 'passthrough' | 'scope' | 'resolutions' | 'reverse'
>;

/** Reads where to listen, what to show and where servers are. Throws a UsageError. */
export function proxySettings(args: ProxyArguments): ProxySettings {
  const reverse = reverseOptions(args.reverse, args['keep-host']);
  return {
    listen: { host: args.host, port: portNumber(args.port) },
    passthrough: hostPatterns(args.passthrough ?? [], 'passthrough'),
    scope: { only: hostPatterns(args.only ?? [], 'only'), hide: hostPatterns(args.hide ?? [], 'hide') },
    resolutions: (args.resolve ?? []).map(resolution),
    ...(reverse && { reverse }),
  };
}
