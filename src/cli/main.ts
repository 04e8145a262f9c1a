#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { complaint } from './complaint.ts';
import { demoCommand } from './demo-command.ts';
import { EXIT } from './exit-codes.ts';
import { exportCommand } from './export-command.ts';
import { proxyCommand } from './proxy-command.ts';
import { openCommand, showCommand, summaryCommand } from './show-command.ts';
import { sliceCommand } from './slice-command.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

const EXAMPLES: readonly [string, string][] = [
  ['$0', 'proxy on 127.0.0.1:8080, a line a message'],
  ['$0 --record chat.pcapng', 'record what passes; Wireshark opens it'],
  ['$0 --record chat.pcapng --redact', 'without the credentials and tokens in it'],
  ['$0 show chat.pcapng', 'look at a recording, or at a capture of tcpdump or Wireshark'],
  ['$0 demo --for 30s', 'watch a chat over every transport'],
  ['$0 --port 0 --view json > traffic.ndjson', 'any free port, messages as NDJSON'],
  ["$0 --only '*.chat.example' --until-idle 30s", 'show some hosts alone, and end when all is quiet'],
  ["$0 show chat.pcapng --filter 'proto:ws text:joined -opcode:ping'", 'only what fits; docs/filters.md'],
  ["$0 --hide '*.telemetry.example'", 'leave some hosts alone: no trust in our certificate needed'],
  ['$0 --resolve api.example:443:127.0.0.1', 'try another server under the same name'],
  ['$0 --client-cert api.example=me.pem', 'for servers that ask who is there'],
];

// New objects in 1 MiB instead of up to 16: an idle WebSocket takes 17 KiB instead of 26, a message
// of a flood 1.1 us instead of 0.9.
setFlagsFromString('--semi-space-growth-factor=1');
// Threads that help to collect so little cost more than they take off: 0.07 ms a collection instead of 0.17.
setFlagsFromString('--no-parallel-scavenge');

// Nobody need read what is said there.
process.stderr.on('error', () => {});

await yargs(hideBin(process.argv))
  .scriptName('tare')
  .usage(
    '$0 [command] [options]\n\nA proxy that weighs real-time traffic: WebSocket, SSE, polling, byte by byte.',
  )
  .command(proxyCommand)
  .command(demoCommand)
  .command(openCommand)
  .command(showCommand)
  .command(summaryCommand)
  .command(exportCommand)
  .command(sliceCommand)
  .example(EXAMPLES)
  .parserConfiguration({ 'greedy-arrays': false }) // `--only HOST demo` means the demo
  .epilogue('Exit codes: 0 well, 1 nothing found to keep, 2 wrong usage, 3 the audit did not balance.')
  .alias('help', 'h')
  .version(version())
  .strict()
  .detectLocale(false) // all else speaks English
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .fail((message, error) => {
    if (error && !(error instanceof UsageError) && error.name !== 'YError') throw error;
    const said = complaint(message ?? error?.message, process.argv);
    const sketch = error instanceof UsageError ? error.sketch : '';
    process.stderr.write(`tare: ${said}\n${sketch}Try: tare --help\n`);
    process.exit(EXIT.usage);
  })
  .parseAsync();
