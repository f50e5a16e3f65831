import process from 'node:process';
import { summariseRun } from '../../engine/read-run.js';
import type { ExitCode } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { projectHere } from '../project-here.js';
import { chosenRun } from './chosen-run.js';

const HELP = `
hew loop summary [run-id] [flags]    tells what a run came to, as the end of a run does

      --json    print it as JSON

It takes the newest run if none is named. The run may have ended, go on, or have crashed; runs of an earlier hew are told as
far as their files do. What cannot be read is named, and the exit code is then 1.
`;

/** `hew loop summary`: a run's summary from its files. */
export async function summariseLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { places } = await projectHere();
  const run = await chosenRun(places, parsed.operands[0]);
  const summary = await summariseRun(places, run, new Date());
  if (parsed.flags.json) {
    printJson(summary);
  } else {
    const { summaryText } = await import('../../reporters/summary-text.js');
    process.stdout.write(`${summaryText(summary, { columns: process.stdout.columns ?? 80 })}\n`);
  }
  return summary.problems.length === 0 ? 0 : 1;
}
