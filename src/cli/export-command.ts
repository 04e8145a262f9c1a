import type { CommandModule } from 'yargs';
import { fileArgument } from './file-argument.ts';
import { FILTER_OPTION, filterOption } from './filter-option.ts';
import { REDACT_OPTIONS, type RedactArguments, redactOption } from './redact-option.ts';

interface ExportArguments extends RedactArguments {
  readonly file: string;
  readonly har: string;
  readonly filter: string | undefined;
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
      })
      .option('filter', FILTER_OPTION)
      .options(REDACT_OPTIONS)
      .example('$0 export chat.pcapng --har chat.har --redact', 'a HAR to show to others'),
  handler: async ({ file, har, filter, ...redact }) => {
    const { exportHar } = await import('./export.ts');
    process.exitCode = await exportHar(fileArgument(file), har, {
      redact: redactOption(redact),
      filter: filterOption(filter),
    });
  },
};
