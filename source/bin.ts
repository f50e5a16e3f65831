#!/usr/bin/env node
/**
 * The smallest possible door: it answers `--version` and refuses a Node that is too old before anything else is
 * loaded, so it may use nothing that an old Node cannot parse.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const OLDEST_NODE = 22;

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `hew: needs Node ${OLDEST_NODE} or newer, this is ${process.version}. Install a newer one from your package manager or nodejs.org.\n`,
  );
  process.exitCode = 2;
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-v')) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  // Of a file that may not grow any more the write itself tells; the signal would end hew in the middle of it.
  process.on('SIGXFSZ', () => {});
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('./cli.js');
  process.exitCode = await main(process.argv.slice(2));
}
