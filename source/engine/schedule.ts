import { CONFLICT_LABEL } from './conflict-bug.js';
import { FAILED_LABEL } from './give-back.js';
import type { TaskId } from './ids.js';
import { isOutsideFault } from './outcome.js';
import type { QueueListing, Task } from './ports.js';
import type { RunState, TaskState } from './state.js';

/** What the choice of tasks is made from. */
export interface ScheduleFacts {
  readonly listing: QueueListing;
  readonly tasks: RunState['tasks'];
  readonly wishes: RunState['wishes'];
  /** Tasks that a slot is about to claim, or whose claim was lost since. */
  readonly taken: ReadonlySet<TaskId>;
  /** Only its descendants are taken; null for any task. */
  readonly epic: string | null;
}

/** What the user wants of a task. */
type Wish = 'skip' | 'retry' | undefined;

const NEVER_TAKEN_TYPES = new Set(['epic', 'gate']);
const NEVER_TAKEN_LABELS = new Set<string>([CONFLICT_LABEL, FAILED_LABEL]);

/** The tasks that a slot may take now, in the queue's order (LOOP.md §3.1). Pure. */
export function candidates({ listing, tasks, wishes, taken, epic }: ScheduleFacts): readonly Task[] {
  const inScope = scopeOf(listing, epic);
  return listing.ready
    .map((id) => listing.tasks.get(id))
    .filter((task): task is Task => task !== undefined)
    .filter((task) => isForAgents(task, wishes.get(task.id)) && !taken.has(task.id) && inScope(task.id))
    .filter(
      (task) =>
        mayBeTried(tasks.get(task.id), wishes.get(task.id)) &&
        !task.dependencies.some((each) => waits(each, tasks)),
    );
}

/** Whether a task is one that agents take at all, be it ready or not. */
export function isForAgents(task: Task, wish?: Wish): boolean {
  if (NEVER_TAKEN_TYPES.has(task.issue_type) || task.pinned) return false;
  // The label waits for a person, and it is a person who wants it tried again.
  const labels = task.labels.filter((label) => !(wish === 'retry' && label === FAILED_LABEL));
  return !labels.some((label) => NEVER_TAKEN_LABELS.has(label));
}

/** How many open tasks the queue has for agents within the scope, be they ready or not; those that wait for a person do not count. Pure. */
export function tasksLeftIn(listing: QueueListing, epic: string | null): number {
  const inScope = scopeOf(listing, epic);
  return [...listing.tasks.values()].filter(
    (task) => task.status === 'open' && isForAgents(task) && inScope(task.id),
  ).length;
}

/**
 * Tells of an id whether it lies below the epic: by its task's parent, or as `app-1.2` lies below `app-1`, over any
 * number of steps. Everything does where there is no epic. Pure.
 */
export function scopeOf(
  { tasks }: Pick<QueueListing, 'tasks'>,
  epic: string | null,
): (id: string) => boolean {
  if (epic === null) return () => true;
  return (id) => {
    // Parents that stand in a circle are looked at once.
    const above = new Set([id]);
    for (const each of above) {
      for (const parent of parentsOf(each, tasks)) {
        if (parent === epic) return true;
        above.add(parent);
      }
    }
    return false;
  };
}

function parentsOf(id: string, tasks: ReadonlyMap<string, Task>): readonly string[] {
  const dotted = /^(.+)\.\d+$/.exec(id)?.[1];
  const linked = tasks.get(id)?.parent ?? undefined;
  return [linked, dotted].filter((parent) => parent !== undefined);
}

/** What to do about a scope that cannot be kept to; null when it can. Pure. */
export function scopeProblem(
  { tasks }: Pick<QueueListing, 'tasks'>,
  { scope, epic }: { readonly scope: 'ready' | 'epics'; readonly epic: string | null },
): string | null {
  if (scope === 'ready') return null;
  const epics = [...tasks.values()].filter((task) => task.issue_type === 'epic' && task.status !== 'closed');
  const named =
    epics.length === 0
      ? 'there is no open epic'
      : `open epics: ${epics
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')}${epics.length > 5 ? ' …' : ''}`;
  if (epic === null) return `--scope epics needs the epic whose tasks are to be done: --epic <id> (${named})`;
  const ids: ReadonlyMap<string, Task> = tasks;
  return ids.has(epic)
    ? null
    : `There is no task ${epic} to take the tasks of. Name another with --epic (${named})`;
}

/** A task has one end in a run, but for one that was given back by the runtime's or the queue's fault alone, or is wanted once more. */
export function mayBeTried(task: TaskState | undefined, wish: Wish): boolean {
  if (wish === 'skip') return false;
  if (!task) return true;
  if (task.worker !== null) return false;
  if (task.fate === null || task.offered_again) return true;
  if (wish === 'retry') return task.fate === 'failed' || task.fate === 'open again';
  return task.fate === 'open again' && task.end !== null && isOutsideFault(task.end);
}

/** Whether a blocker was touched by this run without its work being in trunk: closed or not, its code is not there. */
export function waits(dependency: Task['dependencies'][number], tasks: RunState['tasks']): boolean {
  if (dependency.type !== 'blocks') return false;
  const blocker = (tasks as ReadonlyMap<string, TaskState>).get(dependency.depends_on_id);
  return blocker !== undefined && blocker.fate !== 'merged' && blocker.fate !== 'empty';
}
