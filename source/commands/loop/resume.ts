import process from 'node:process';
import { systemClock } from '../../engine/clock.js';
import type { EventStream } from '../../engine/event-stream.js';
import type { RunHandle } from '../../engine/open-run.js';
import { planResume, type ResumePlan, resumeRun } from '../../engine/resume-run.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { handleOf, refusal } from './begin-run.js';
import { loopSettingsOf, RUN_FLAGS, type RunFlagValues, startOptionsOf } from './run-flags.js';
import { notifyByCommand } from './notify-by-command.js';
import { followToEnd, tellEvents } from './run-in-lines.js';

const HELP = `
hew loop resume [run-id] [flags]    goes on with a run that was cut: by a crash, a kill, a power failure

It ends what the run left running, keeps the work that was in flight, finishes what was half done, gives its tasks back,
and goes on in the same journal with the same slots and limits; what was spent counts. An iteration that was in flight
does not count as an attempt. Without a run id it takes the newest run that was cut.

What is not in the run's journal is read anew from .hew.toml; a flag that is given wins over what the run had:

  --runtime --agent-command --model --attempts --max-iter --budget-tokens --budget-cost --budget-wall
  --iteration-timeout --stall-timeout --stop-file --no-land --no-gate --allow-red-base --json

  hew loop resume
  hew loop resume --agent-command "./agent.sh" --budget-cost 20
`;

const {
  jobs: _jobs,
  queue: _queue,
  dryRun: _dryRun,
  ignoreUnlanded: _unlanded,
  ignoreCrashed: _crashed,
  ...FLAGS
} = RUN_FLAGS;

/** `hew loop resume`: takes a run up that was cut, told line by line. */
export async function resumeLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, operands: ['[run-id]'], flags: FLAGS });
  if (parsed.kind === 'help') return 0;
  const json = parsed.flags.json ?? false;
  const plan = await planToResume(parsed.flags, parsed.operands[0] ?? null);
  const handle = await beginResume(plan, (events) => tellEvents(events, json));
  return followToEnd(handle, { json, on_hangup: plan.basis.settings.loop.on_hangup });
}

/** Checks whether the run can be taken up with these flags; throws a {@link Refusal} that says what stands against it. */
export async function planToResume(flags: RunFlagValues, run: string | null): Promise<ResumePlan> {
  const checked = await planResume({
    cwd: process.cwd(),
    env: process.env,
    flags: loopSettingsOf(flags),
    options: startOptionsOf(flags),
    clock: systemClock,
    run,
  });
  if (checked.kind === 'refused') throw new Refusal(refusal(checked.problems));
  return checked.plan;
}

/** Takes the run up; throws a {@link Refusal} when it cannot go on. */
export async function beginResume(
  plan: ResumePlan,
  listen: (events: EventStream) => void,
): Promise<RunHandle> {
  const { run, settings, places } = plan.basis;
  const started = await resumeRun(plan, (events) => {
    listen(events);
    notifyByCommand(events, { run, home: places.home, notify: settings.notify });
  });
  return handleOf(started);
}
