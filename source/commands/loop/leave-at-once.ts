import process from 'node:process';
import { runMark } from '../../engine/ids.js';
import type { RunHandle } from '../../engine/open-run.js';
import { endProcessSet } from '../../engine/processes/end-process-set.js';

/**
 * Ends what a run has started, without a grace, and this process with it. The run is cut as by a crash, so that it can be
 * taken up again; what bears no mark is ended by the run's guardian.
 */
export async function leaveAtOnce({ run, events }: RunHandle): Promise<never> {
  await endProcessSet({ mark: runMark(run), groups: [] }, { graceMs: 0 });
  if (!events.state.finished) {
    process.stderr.write(
      `hew: ${run} was left in the middle, its processes are ended. hew loop resume goes on with it, hew loop abandon gives it up.\n`,
    );
  }
  process.exit(130);
}
