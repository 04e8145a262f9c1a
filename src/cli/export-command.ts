import type { CommandModule } from 'yargs';
import { fileArgument } from './file-argument.ts';

interface ExportArguments {
  readonly file: string;
  readonly har: string;
}

/** `tare export FILE --har OUT`: a capture for web tools. */
export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <file>',
  describe: 'Write what a capture holds as a HAR',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'pcapng, pcap or HAR; - reads stdin',
      })
      .option('har', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The file to write; - is stdout',
      }),
  handler: async ({ file, har }) => {
    const { exportHar } = await import('./export.ts');
    process.exitCode = await exportHar(fileArgument(file), har);
  },
};
