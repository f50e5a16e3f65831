import { z } from 'zod';
import { CONFLICT_LABEL } from './conflict-bug.js';
import { FAILED_LABEL } from './give-back.js';
import { type TaskId, taskIdSchema } from './ids.js';
import type { QueueListing, Task } from './ports.js';
import { candidates, isForAgents, mayBeTried, type ScheduleFacts, scopeOf, waits } from './schedule.js';

/** A task of the queue as a view shows it, and where it stands for this run. */
export const queueEntrySchema = z.object({
  id: taskIdSchema,
  title: z.string(),
  priority: z.int(),
  /** `held`: it is open, and no slot will take it. */
  place: z.enum(['ready', 'in_work', 'blocked', 'held', 'done']),
  /** What it waits for, where it is blocked. */
  blockers: z.array(z.string()),
  /** Why it is held, else empty. */
  why: z.string(),
});
export type QueueEntry = z.infer<typeof queueEntrySchema>;

/** What a view is told of a queue. */
export interface QueueEntries {
  /** In the scheduler's order where they are ready, those that are done last. */
  readonly entries: readonly QueueEntry[];
  /** How many tasks were left out, lest a view be told of tens of thousands. */
  readonly unlisted: number;
}

/** What of a queue is told at most: a message of it stays below two megabytes. */
const MOST_OPEN = 5_000;
const MOST_DONE = 500;
const MOST_BLOCKERS = 8;
const LONGEST_TITLE = 160;

/** What a view is told of the queue that was looked at. Pure. */
export function queueEntries(facts: Omit<ScheduleFacts, 'taken'>): QueueEntries {
  const { listing } = facts;
  const ready = candidates({ ...facts, taken: new Set() });
  const isReady = new Set(ready.map(({ id }) => id));
  const inScope = scopeOf(listing, facts.epic);
  const others = [...listing.tasks.values()].filter(({ id }) => !isReady.has(id));
  const done = others
    .filter(({ status }) => status === 'closed')
    .sort((one, other) => (other.closed_at ?? '').localeCompare(one.closed_at ?? ''));
  const open = [
    ...ready.map((task) => entryOf(task, 'ready')),
    ...others
      .filter(({ status }) => status !== 'closed')
      .map((task) => openEntry(task, facts, inScope(task.id)))
      .sort((one, other) => ORDER[one.place] - ORDER[other.place]),
  ];
  const told = [
    ...open.slice(0, MOST_OPEN),
    ...done.slice(0, MOST_DONE).map((task) => entryOf(task, 'done')),
  ];
  return { entries: told, unlisted: open.length + done.length - told.length };
}

const ORDER: Readonly<Record<QueueEntry['place'], number>> = {
  ready: 0,
  in_work: 1,
  blocked: 2,
  held: 3,
  done: 4,
};

function openEntry(task: Task, facts: Omit<ScheduleFacts, 'taken'>, inScope: boolean): QueueEntry {
  if (task.status === 'in_progress') return entryOf(task, 'in_work');
  const why = whyHeld(task, facts, inScope);
  if (why !== null) return { ...entryOf(task, 'held'), why };
  const blockers = blockersOf(task, facts);
  if (blockers.length > 0) return { ...entryOf(task, 'blocked'), blockers: blockers.slice(0, MOST_BLOCKERS) };
  const status = task.status === 'open' ? 'the queue does not call it ready' : `it is ${task.status}`;
  return { ...entryOf(task, 'held'), why: status };
}

/** Why no slot would take the task were it ready; null when one would. */
function whyHeld(
  task: Task,
  { tasks, wishes }: Omit<ScheduleFacts, 'taken'>,
  inScope: boolean,
): string | null {
  const wish = wishes.get(task.id);
  const met = tasks.get(task.id);
  if (!inScope) return 'outside of the epic';
  if (wish === 'skip') return 'skipped by you';
  if (!isForAgents(task, wish)) {
    if (task.labels.includes(CONFLICT_LABEL)) return 'a merge conflict: it waits for a person';
    if (task.labels.includes(FAILED_LABEL)) return 'failed before: it waits for a person';
    return task.pinned ? 'pinned: no work for an agent' : `of type ${task.issue_type}: no work for an agent`;
  }
  return mayBeTried(met, wish) ? null : `${met?.fate ?? 'met'} in this run`;
}

/** The blockers that are open, or of which this run has not merged what it did. */
function blockersOf(task: Task, { listing, tasks }: Omit<ScheduleFacts, 'taken'>): readonly string[] {
  const known: QueueListing['tasks'] = listing.tasks;
  return task.dependencies
    .filter((each) => each.type === 'blocks')
    .filter((each) => {
      // A blocker's id that is none of the queue's own names no task.
      const blocker = known.get(each.depends_on_id as TaskId);
      return (blocker !== undefined && blocker.status !== 'closed') || waits(each, tasks);
    })
    .map((each) => each.depends_on_id);
}

function entryOf({ id, title, priority }: Task, place: QueueEntry['place']): QueueEntry {
  return { id, title: title.slice(0, LONGEST_TITLE), priority, place, blockers: [], why: '' };
}
