import type { CommandModule } from 'yargs';
import { fileArgument } from './file-argument.ts';
import { SLICE_OPTIONS, type SliceOptions } from './slice-options.ts';

interface SliceArguments extends SliceOptions {
  readonly file: string;
  readonly out: string;
}

/** `tare slice FILE OUT`: some connections of a capture, as they were captured. */
export const sliceCommand: CommandModule<object, SliceArguments> = {
  command: 'slice <file> <out>',
  describe: 'Copy some connections of a capture to a pcapng file',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'pcapng or pcap (gzip or not); - reads stdin',
      })
      .positional('out', { type: 'string', demandOption: true, describe: 'The file to write; - is stdout' })
      .options(SLICE_OPTIONS)
      .example('$0 slice all.pcapng ws.pcapng --protocol ws', 'the WebSockets')
      .example('$0 slice all.pcapng part.pcapng --from 14:03 --to 14:05', 'what was there then'),
  handler: async ({ file, out, ...options }) => {
    const { slice } = await import('./slice.ts');
    process.exitCode = await slice(fileArgument(file), fileArgument(out), options);
  },
};
