import type { DurableEvent } from '../engine/events.js';
import type { TaskId } from '../engine/ids.js';
import type { RunState } from '../engine/state.js';
import { type LimitUse, limitUses, NEAR_SHARE } from '../engine/stop.js';
import { usedFacts } from '../engine/used-facts.js';
import { limitInWords, stopInWords } from './words.js';

/** Something that is worth calling a person for. */
export interface Notification {
  readonly event: 'task.conflicted' | 'task.failed' | 'limit.near' | 'run.finished';
  /** Null where it is about the whole run. */
  readonly task: TaskId | null;
  readonly text: string;
}

/** Whether the terminal's bell rings for it: a task that only failed is no reason to come. Pure. */
export function ringsBell({ event }: Notification): boolean {
  return event !== 'task.failed';
}

/** What an event is worth calling a person for, if anything; the states are those before and after it. Pure. */
export function notificationsIn(
  before: RunState,
  event: DurableEvent,
  after: RunState,
): readonly Notification[] {
  return [...ofTasks(before, after), ...ofLimits(before, after), ...ofEnd(before, event, after)];
}

function ofTasks(before: RunState, after: RunState): readonly Notification[] {
  if (before.tasks === after.tasks) return [];
  return [...after.tasks.values()].flatMap(({ id, fate, reason }): readonly Notification[] => {
    if (fate === before.tasks.get(id)?.fate) return [];
    if (fate === 'conflicted')
      return [{ event: 'task.conflicted', task: id, text: `${id} conflicts: it waits for a person` }];
    if (fate !== 'failed') return [];
    return [{ event: 'task.failed', task: id, text: `${id} failed${reason === null ? '' : `: ${reason}`}` }];
  });
}

/** A limit is near once: when so much of it is used for the first time. */
function ofLimits(before: RunState, after: RunState): readonly Notification[] {
  if (after.stopping) return [];
  const near = new Set(usesOf(before).flatMap(({ reason, share }) => (share < NEAR_SHARE ? [] : [reason])));
  return usesOf(after)
    .filter(({ reason, share }) => share >= NEAR_SHARE && !near.has(reason))
    .map(({ reason, share }) => {
      const text = `${limitInWords(reason)}: ${Math.floor(share * 100)}% is used`;
      return { event: 'limit.near', task: null, text };
    });
}

function usesOf(state: RunState): readonly LimitUse[] {
  const { run, updated_at } = state;
  return run ? limitUses(usedFacts(state, Date.parse(updated_at ?? run.at)), run.limits) : [];
}

function ofEnd(before: RunState, event: DurableEvent, after: RunState): readonly Notification[] {
  // A landing that is repeated later ends the run no second time.
  if (event.type !== 'run.finished' || before.finished || !after.finished) return [];
  const merged = [...after.tasks.values()].filter(({ fate }) => fate === 'merged').length;
  const { stop_reason, tasks_left } = after.finished;
  const text = `ended: ${stopInWords(stop_reason)}; ${merged} merged, ${tasks_left} left`;
  return [{ event: 'run.finished', task: null, text }];
}
