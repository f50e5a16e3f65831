import type { DurableEvent } from './events.js';
import type { TaskId } from './ids.js';
import { EMPTY_STATE, reduce } from './reduce.js';
import { taskInSlot } from './reduce-control.js';
import type { RunState } from './state.js';
import { type TaskSummary, taskSummary } from './task-summary.js';

/** An event of a story, with the states of the run around it. */
export interface StoryStep {
  readonly event: DurableEvent;
  readonly before: RunState;
  readonly after: RunState;
}

/** All that happened to one task in a run. */
export interface TaskStory {
  readonly task: TaskSummary;
  readonly steps: readonly StoryStep[];
}

/** What a run's events tell of one of its tasks; null when it was none of the run's. Pure. */
export function taskStory(events: readonly DurableEvent[], task: TaskId): TaskStory | null {
  let state = EMPTY_STATE;
  const steps: StoryStep[] = [];
  for (const event of events) {
    const after = reduce(state, event);
    if (isAbout(task, event, state)) steps.push({ event, before: state, after });
    state = after;
  }
  const known = state.tasks.get(task);
  return known ? { task: taskSummary(known, state), steps } : null;
}

function isAbout(task: TaskId, event: DurableEvent, before: RunState): boolean {
  if (event.type !== 'control.received') return 'task' in event && event.task === task;
  const { control } = event;
  switch (control.type) {
    case 'skipTask':
    case 'retryTask':
      return control.task === task;
    case 'noteTask': {
      const { to } = control;
      return ('task' in to ? to.task : taskInSlot(before, to.slot)) === task;
    }
    case 'abortSlot':
      return taskInSlot(before, control.slot) === task;
    case 'pauseSlot':
    case 'resumeSlot':
    case 'addSlot':
    case 'removeSlot':
    case 'raiseLimits':
    case 'visitWorktree':
    case 'drainRun':
    case 'abortRun':
      return false;
  }
}
