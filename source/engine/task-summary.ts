import type { Fate } from './outcome.js';
import { type SpendingSummary, spendingSummary } from './spending-summary.js';
import type { RunState, TaskState } from './state.js';

/** One row of the list of tasks. */
export interface TaskSummary
  extends
    SpendingSummary,
    Pick<
      TaskState,
      | 'id'
      | 'title'
      | 'tries'
      | 'duration_ms'
      | 'sha'
      | 'worker'
      | 'reason'
      | 'salvages'
      | 'bug'
      | 'closed'
      | 'close_refused'
      | 'return_refused'
    > {
  /** Null while the task is in work. */
  readonly fate: Fate | null;
  /** How many files it changed, or conflicts in. */
  readonly files: number;
  readonly paths: readonly string[];
}

/**
 * What became of a task, as it is told: what its attempts say, but `stranded` where its work is in trunk and either
 * the queue still has the task or trunk could not be brought home. An empty task that the queue would not close is
 * stranded as well: it is done, and the queue does not know. Null while the task is in work. Pure.
 */
export function fateOf(task: TaskState, state: Pick<RunState, 'landing'>): Fate | null {
  if (task.fate !== 'merged' && task.fate !== 'empty') return task.fate;
  if (!task.closed) return 'stranded';
  // A landing that was not asked for (--no-land) strands nothing: `hew loop land` is the next step, not a repair.
  return task.sha !== null && state.landing.kind === 'refused' ? 'stranded' : task.fate;
}

/** What is told of one task. Pure. */
export function taskSummary(task: TaskState, state: Pick<RunState, 'landing'>): TaskSummary {
  return {
    ...spendingSummary(task),
    id: task.id,
    title: task.title,
    tries: task.tries,
    duration_ms: task.duration_ms,
    sha: task.sha,
    worker: task.worker,
    reason: task.reason,
    salvages: task.salvages,
    bug: task.bug,
    closed: task.closed,
    close_refused: task.close_refused,
    return_refused: task.return_refused,
    fate: fateOf(task, state),
    files: task.files.length,
    paths: task.files,
  };
}
