import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openedSite } from '../site.ts';
import { type CaptureBenchOptions, parsedOptions } from './options.ts';
import { readingTable } from './reading.ts';
import { recordingTable } from './recording.ts';

/** What recording adds, and how fast captures are read: docs/benchmarks.md tells how it is measured. */
async function main(): Promise<void> {
  const options = optionsOrExit();
  const site = await openedSite(options.isSmoke);
  if (options.only.includes('recording')) console.log(`${await recordingTable(site, options.rounds)}\n`);
  if (options.only.includes('reading')) {
    const folder = join(site.folder, 'captures');
    mkdirSync(folder);
    console.log(await readingTable(site, folder, options));
  }
  process.exit(0);
}

function optionsOrExit(): CaptureBenchOptions {
  try {
    return parsedOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
