import type { PastRun } from './cut-run.js';
import { isClaimOf } from './ids.js';
import { looseEnds } from './loose-ends.js';
import type { QueueListing } from './ports.js';

/** Earlier runs that were cut and still hold something: tasks of the queue, or work that is in no commit yet. Pure. */
export function cutRunProblems(cut: readonly PastRun[], listing: QueueListing): string[] {
  return cut.flatMap((past) => {
    const held = holdings(past, listing);
    if (held === null) return [];
    const { run } = past;
    return [
      `${run} was cut and ${held}. Go on with it: hew loop resume ${run}; or give it up: hew loop abandon ${run} (or start beside it: --ignore-crashed)`,
    ];
  });
}

/** What a run that was cut still holds, in words; null when leaving it alone loses nothing. Pure. */
export function holdings({ run, state, events }: PastRun, { tasks }: QueueListing): string | null {
  const claimed = [...tasks.values()].filter(
    (task) => isClaimOf(run, task) && state.tasks.get(task.id)?.fate !== 'conflicted',
  ).length;
  if (claimed > 0) return `holds ${claimed} ${claimed === 1 ? 'task' : 'tasks'} of the queue`;
  return looseEnds(events).iterations.length > 0 ? 'left work that is not kept yet' : null;
}
