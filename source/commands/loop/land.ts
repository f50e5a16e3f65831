import process from 'node:process';
import { systemClock } from '../../engine/clock.js';
import { landRun as bringRunHome } from '../../engine/land-run.js';
import { SettingsError } from '../../engine/settings.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { tellEvents } from './run-in-lines.js';

const HELP = `
hew loop land [run-id]    brings the merges of a run home to the branch that it started from

It goes by fast-forward only. A branch that has moved on is first merged into the run's trunk, and the tests are run on
that. Without a run id it takes the newest run whose merges have not landed. It ends with 0 when they have, else with 1.
A run that was cut is settled first: hew loop resume or hew loop abandon, which land as well.

      --json    print the events, one JSON object a line
`;

/** `hew loop land`: repeats the landing of a run that has ended. */
export async function landRun(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort();
  process.on('SIGINT', abort);
  try {
    const result = await bringRunHome(
      {
        cwd: process.cwd(),
        env: process.env,
        clock: systemClock,
        run: parsed.operands[0] ?? null,
        aborted: interrupted.signal,
      },
      (events) => tellEvents(events, parsed.flags.json ?? false),
    );
    if (result.kind === 'refused') throw new Refusal(result.problem);
    return result.state.landing.kind === 'refused' ? 1 : 0;
  } catch (error) {
    if (error instanceof SettingsError) throw new Refusal(error.message);
    throw error;
  } finally {
    process.off('SIGINT', abort);
  }
}
