import process from 'node:process';
import { examine } from '../engine/doctor/examine.js';
import { canRun } from '../engine/doctor/finding.js';
import type { ExitCode } from './command.js';
import { findingRows } from './finding-rows.js';
import { parseFlags } from './parse-flags.js';
import { printJson } from './print-json.js';
import { printLines } from './print-lines.js';

const HELP = `
hew doctor [--json]    tells what a run would find here: agents, queues, tools

For each: where it is, its version, whether it can be used, and what to do. It ends with 0 when a run could be made of
what is there, else with 1. It makes no connection, so that it cannot tell whether an agent is logged in.

      --json    print it as JSON
`;

/** `hew doctor`: what is there to run with. */
export async function doctor(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: { json: { type: 'boolean' } } });
  if (parsed.kind === 'help') return 0;
  const findings = await examine({
    cwd: process.cwd(),
    env: process.env,
    node: { file: process.execPath, version: process.versions.node },
  });
  const usable = canRun(findings);
  if (parsed.flags.json) printJson({ usable, findings });
  else
    printLines([
      ...findingRows(findings),
      '',
      usable ? 'A run can be started here.' : 'No run can be started here yet.',
    ]);
  return usable ? 0 : 1;
}
