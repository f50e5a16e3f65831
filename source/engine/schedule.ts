import { CONFLICT_LABEL } from './conflict-bug.js';
import { FAILED_LABEL } from './give-back.js';
import type { TaskId } from './ids.js';
import { isRuntimeFault } from './outcome.js';
import type { QueueListing, Task } from './ports.js';
import type { RunState, TaskState } from './state.js';

/** What the choice of tasks is made from. */
export interface ScheduleFacts {
  readonly listing: QueueListing;
  readonly tasks: RunState['tasks'];
  /** Tasks that a slot is about to claim, or whose claim was lost since. */
  readonly taken: ReadonlySet<TaskId>;
}

const NEVER_TAKEN_TYPES = new Set(['epic', 'gate']);
const NEVER_TAKEN_LABELS = new Set<string>([CONFLICT_LABEL, FAILED_LABEL]);

/** The tasks that a slot may take now, in the queue's order (LOOP.md §3.1). Pure. */
export function candidates({ listing, tasks, taken }: ScheduleFacts): readonly Task[] {
  return listing.ready
    .map((id) => listing.tasks.get(id))
    .filter((task): task is Task => task !== undefined)
    .filter((task) => isForAgents(task) && !taken.has(task.id))
    .filter(
      (task) => mayBeTried(tasks.get(task.id)) && !task.dependencies.some((each) => waits(each, tasks)),
    );
}

/** Whether a task is one that agents take at all, be it ready or not. */
function isForAgents(task: Task): boolean {
  if (NEVER_TAKEN_TYPES.has(task.issue_type) || task.pinned) return false;
  return !task.labels.some((label) => NEVER_TAKEN_LABELS.has(label));
}

/** How many open tasks the queue has for agents, be they ready or not; those that wait for a person do not count. Pure. */
export function tasksLeftIn(listing: QueueListing): number {
  return [...listing.tasks.values()].filter((task) => task.status === 'open' && isForAgents(task)).length;
}

/** A task has one end in a run, but for one that was given back by the runtime's fault alone. */
function mayBeTried(task: TaskState | undefined): boolean {
  if (!task) return true;
  if (task.worker !== null) return false;
  if (task.fate === null || task.offered_again) return true;
  return task.fate === 'open again' && task.end !== null && isRuntimeFault(task.end);
}

/** Whether a blocker was touched by this run without its work being in trunk: closed or not, its code is not there. */
function waits(dependency: Task['dependencies'][number], tasks: RunState['tasks']): boolean {
  if (dependency.type !== 'blocks') return false;
  const blocker = (tasks as ReadonlyMap<string, TaskState>).get(dependency.depends_on_id);
  return blocker !== undefined && blocker.fate !== 'merged' && blocker.fate !== 'empty';
}
