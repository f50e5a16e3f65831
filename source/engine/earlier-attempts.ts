import type { DurableEvent } from './events.js';
import type { TaskId } from './ids.js';
import type { PreviousAttempt } from './prompt.js';

/** What was told of attempts that failed, or were cut with their run, by task and oldest first. Pure. */
export function earlierAttempts(
  events: readonly DurableEvent[],
): ReadonlyMap<TaskId, readonly PreviousAttempt[]> {
  const earlier = new Map<TaskId, PreviousAttempt[]>();
  for (const event of events) {
    if (event.type !== 'iteration.finished') continue;
    const cut = event.end === 'interrupted';
    if (!cut && !event.counted) continue;
    const { task, attempt, reason, files, salvage } = event;
    const told = earlier.get(task) ?? [];
    // The output of a gate is in no event.
    told.push({
      attempt,
      how: cut ? 'cut' : 'failed',
      reason: reason ?? event.end,
      files,
      tail: '',
      salvage,
    });
    earlier.set(task, told);
  }
  return earlier;
}
