import process from 'node:process';
import { systemClock } from '../../engine/clock.js';
import type { EventStream } from '../../engine/event-stream.js';
import type { GroundResult } from '../../engine/find-ground.js';
import { type RunPlan, preflight } from '../../engine/preflight.js';
import type { RunHandle } from '../../engine/open-run.js';
import { type RunStart, startRun } from '../../engine/run.js';
import { Refusal } from '../command.js';
import { notifyByCommand } from './notify-by-command.js';
import { loopSettingsOf, type RunFlagValues, startOptionsOf } from './run-flags.js';

/** Checks whether a run can start here with these flags; throws a {@link Refusal} that names what stands against it. */
export async function planRun(flags: RunFlagValues, found?: GroundResult): Promise<RunPlan> {
  const request = {
    cwd: process.cwd(),
    env: process.env,
    flags: loopSettingsOf(flags),
    options: startOptionsOf(flags),
    clock: systemClock,
  };
  const checked = await preflight(request, found);
  if (checked.kind === 'refused') throw new Refusal(refusal(checked.problems));
  return checked.plan;
}

/** Starts what was planned; throws a {@link Refusal} when another run has come before. */
export async function beginRun(plan: RunPlan, listen: (events: EventStream) => void): Promise<RunHandle> {
  const { run, settings, places } = plan;
  const started = await startRun(plan, (events) => {
    listen(events);
    notifyByCommand(events, { run, home: places.home, notify: settings.notify });
  });
  return handleOf(started);
}

/** The handle of a run that has begun or goes on; throws a {@link Refusal} when it does not. */
export function handleOf(started: RunStart): RunHandle {
  if (started.kind === 'refused') throw new Refusal(refusal(started.problems));
  return endedByFaults(started.handle);
}

/** A fault of hew itself, wherever it is thrown, must leave no agent running: the run is aborted, then the fault is told. */
function endedByFaults(handle: RunHandle): RunHandle {
  const faults: unknown[] = [];
  const abort = (fault: unknown): void => {
    faults.push(fault);
    handle.control({ type: 'abortRun' });
  };
  process.on('uncaughtException', abort);
  const ended = handle.ended.finally(() => {
    process.off('uncaughtException', abort);
    if (faults.length > 0) throw faults[0];
  });
  return { ...handle, ended };
}

/** One problem is one line; several are a list. */
export function refusal(problems: readonly string[]): string {
  if (problems.length === 1) return problems.join('');
  return `${problems.length} things stand against a start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
}
