import type { Control } from './controls.js';
import type { TaskId } from './ids.js';
import { raiseLimits } from './raise-limits.js';
import type { RunState } from './state.js';

/** What a control changes at once: the wishes and notes for tasks, and limits. The rest follows in events of its own. Pure; a part of reduce(). */
export function reduceControl(state: RunState, control: Control): RunState {
  switch (control.type) {
    case 'abortSlot':
      return wish(state, taskInSlot(state, control.slot), 'skip');
    case 'skipTask':
      return wish(state, control.task, 'skip');
    case 'retryTask':
      return wish(state, control.task, 'retry');
    case 'noteTask': {
      const task = 'task' in control.to ? control.to.task : taskInSlot(state, control.to.slot);
      if (task === null) return state;
      const notes = [...(state.notes.get(task) ?? []), control.text];
      return { ...state, notes: new Map(state.notes).set(task, notes) };
    }
    case 'raiseLimits': {
      const { run } = state;
      return run ? { ...state, run: { ...run, limits: raiseLimits(run.limits, control.limits) } } : state;
    }
    case 'pauseSlot':
    case 'resumeSlot':
    case 'addSlot':
    case 'removeSlot':
    case 'visitWorktree':
    case 'drainRun':
    case 'abortRun':
      return state;
  }
}

/** The task that a slot claims or works on; null while it has none. Pure. */
export function taskInSlot(state: RunState, slot: number): TaskId | null {
  const activity = state.slots.find((each) => each.slot === slot)?.activity;
  return activity?.kind === 'working' || activity?.kind === 'claiming' ? activity.task : null;
}

/** A task that is taken has got what was wished, if that was a retry. Pure; a part of reduce(). */
export function withoutRetry(state: RunState, task: TaskId): RunState {
  if (state.wishes.get(task) !== 'retry') return state;
  const wishes = new Map(state.wishes);
  wishes.delete(task);
  return { ...state, wishes };
}

function wish(state: RunState, task: TaskId | null, what: 'skip' | 'retry'): RunState {
  return task === null ? state : { ...state, wishes: new Map(state.wishes).set(task, what) };
}
