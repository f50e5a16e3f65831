import type { ExitCode } from '../command.js';
import { connectLiveRun } from '../live-run.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere, typedRunId } from '../project-here.js';

const HELP = `
hew loop cancel [run-id] [flags]    lets the run that is alive begin no further iteration

Those in work finish, and what is merged lands.

      --now    abort it instead: agents are ended, their tasks go back; what is merged stays and lands

It says what it did and ends with 0, or with 1 when no run is alive or it is ending already. It does not wait for the end.
`;

/** `hew loop cancel`: drains or aborts the run that is alive. */
export async function cancelRun(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { now: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const [typed] = parsed.operands;
  const asked = typed === undefined ? null : typedRunId(typed);
  using client = await connectLiveRun(await projectHere(), asked);
  const { ok, text } = await client.ask({ type: parsed.flags.now ? 'abortRun' : 'drainRun' });
  printLines([`${client.hello.run}: ${text}`]);
  return ok ? 0 : 1;
}
