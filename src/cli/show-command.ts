import type { CommandModule } from 'yargs';
import { fileArgument } from './file-argument.ts';

interface ShowArguments {
  readonly file: string;
  readonly view: 'auto' | 'lines' | 'json' | 'none';
  readonly follow: boolean;
  readonly memory: string | undefined;
}

const FILE = {
  type: 'string',
  demandOption: true,
  describe: 'pcapng, pcap (gzip or not) or HAR; - reads stdin',
} as const;
const MEMORY = {
  type: 'string',
  requiresArg: true,
  describe: 'How much to keep in memory, before it goes to a temporary file: 64M, 1G',
} as const;

/** `tare show FILE`: what a capture holds, as if it went on now. */
export const showCommand: CommandModule<object, ShowArguments> = {
  command: ['show <file>', 'open <file>'],
  describe: 'Show what a capture holds: of tare, tcpdump, Wireshark, or a HAR',
  builder: (yargs) =>
    yargs
      .positional('file', FILE)
      .option('view', {
        choices: ['auto', 'lines', 'json', 'none'] as const,
        default: 'auto' as const,
        describe: 'What to print: a line a message, NDJSON, or the summary alone',
      })
      .option('follow', {
        type: 'boolean',
        default: false,
        describe: 'Go on behind the end of a file that another program writes',
      })
      .option('memory', MEMORY)
      .example('tcpdump -i lo -U -w - port 8080 | $0 show -', 'weigh what tcpdump sees'),
  handler: async ({ file, view, follow, memory }) => {
    const { show } = await import('./show.ts');
    process.exitCode = await show({
      file: fileArgument(file),
      view: view === 'auto' ? 'lines' : view,
      follow,
      memory,
    });
  },
};

/** `tare summary FILE`: what a capture came to. */
export const summaryCommand: CommandModule<object, Pick<ShowArguments, 'file' | 'memory'>> = {
  command: 'summary <file>',
  describe: 'Show what a capture came to, by protocol',
  builder: (yargs) => yargs.positional('file', FILE).option('memory', MEMORY),
  handler: async ({ file, memory }) => {
    const { show } = await import('./show.ts');
    process.exitCode = await show({ file: fileArgument(file), view: 'none', follow: false, memory });
  },
};
