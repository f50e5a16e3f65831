import process from 'node:process';
import { abandonRun } from '../../engine/abandon-run.js';
import { systemClock } from '../../engine/clock.js';
import { summarise } from '../../engine/summary.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { tellEvents } from './run-in-lines.js';

const HELP = `
hew loop abandon [run-id]    gives a run up that was cut: by a crash, a kill, a power failure

It ends what the run left running, keeps the work that was in flight, gives its tasks back to the queue, and brings home
what was merged if that is a pure fast-forward. Parked worktrees stay, and so does what could not be brought home.
Without a run id it takes the newest run that was cut. It ends with 0 when nothing is left to do, else with 1.

      --json    print the events, one JSON object a line
`;

/** `hew loop abandon`: settles a run that was cut, and does not go on with it. */
export async function abandonLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  return abandon(parsed.operands[0] ?? null, parsed.flags.json ?? false);
}

/** Gives the run up and tells it line by line. */
export async function abandon(run: string | null, json: boolean): Promise<ExitCode> {
  const request = { cwd: process.cwd(), env: process.env, clock: systemClock, run };
  const aborted = new AbortController().signal;
  const result = await abandonRun({ ...request, aborted }, (events) => tellEvents(events, json));
  if (result.kind === 'refused') throw new Refusal(result.problem);
  return summarise(result.state, new Date()).something_wrong ? 1 : 0;
}
