import type { Argv, CommandModule } from 'yargs';
import type { ViewName } from '../views/view.ts';
import { fileArgument } from './file-argument.ts';
import { FILTER_OPTION, filterOption } from './filter-option.ts';
import { THEME_OPTION, VIEW_OPTION } from './view-option.ts';

interface ShowArguments {
  readonly file: string;
  readonly view: 'auto' | 'inspector' | ViewName;
  readonly theme: 'auto' | 'dark' | 'light';
  readonly follow: boolean;
  readonly memory: string | undefined;
  readonly filter: string | undefined;
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

/** `tare open FILE`: a capture in the inspector; where there is no terminal, as `show` has it. */
export const openCommand: CommandModule<object, ShowArguments> = {
  command: 'open <file>',
  describe: 'Open a capture in the inspector: of tare, tcpdump, Wireshark, or a HAR',
  builder: (yargs) =>
    showOptions(yargs)
      .example('$0 open chat.pcapng', 'look at a recording')
      .example('tcpdump -i lo -U -w - port 8080 | $0 show -', 'weigh what tcpdump sees'),
  handler: async (args) => {
    const { hasTerminal } = await import('./inspector-view.ts');
    await shown(args, args.view === 'inspector' || (args.view === 'auto' && hasTerminal()));
  },
};

/** `tare show FILE`: what a capture holds, as if it went on now. */
export const showCommand: CommandModule<object, ShowArguments> = {
  command: 'show <file>',
  describe: 'Show what a capture holds: of tare, tcpdump, Wireshark, or a HAR',
  builder: (yargs) =>
    showOptions(yargs)
      .example("$0 show chat.pcapng --filter 'proto:ws size:>1k'", 'the big messages of WebSockets')
      .example('tcpdump -i lo -U -w - port 8080 | $0 show -', 'weigh what tcpdump sees'),
  handler: (args) => shown(args, args.view === 'inspector'),
};

function showOptions(yargs: Argv): Argv<ShowArguments> {
  return yargs
    .positional('file', FILE)
    .option('view', VIEW_OPTION)
    .option('theme', THEME_OPTION)
    .option('follow', {
      type: 'boolean',
      default: false,
      describe: 'Go on behind the end of a file that another program writes',
    })
    .option('memory', MEMORY)
    .option('filter', FILTER_OPTION);
}

async function shown({ view, ...args }: ShowArguments, isInspected: boolean): Promise<void> {
  const settings = { ...args, file: fileArgument(args.file), filter: filterOption(args.filter) };
  if (isInspected) {
    const { inspectFile } = await import('./inspect-file.ts');
    process.exitCode = await inspectFile(settings);
  } else {
    const { show } = await import('./show.ts');
    process.exitCode = await show({
      ...settings,
      view: view === 'auto' || view === 'inspector' ? 'lines' : view,
    });
  }
}

/** `tare summary FILE`: what a capture came to. */
export const summaryCommand: CommandModule<object, Pick<ShowArguments, 'file' | 'memory' | 'filter'>> = {
  command: 'summary <file>',
  describe: 'Show what a capture came to, by protocol',
  builder: (yargs) => yargs.positional('file', FILE).option('memory', MEMORY).option('filter', FILTER_OPTION),
  handler: async ({ file, memory, filter }) => {
    const { show } = await import('./show.ts');
    process.exitCode = await show({
      file: fileArgument(file),
      view: 'none',
      follow: false,
      memory,
      filter: filterOption(filter),
    });
  },
};
