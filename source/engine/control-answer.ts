import type { Control } from './controls.js';
import type { TaskId } from './ids.js';
import { raisedInWords, raiseProblem } from './raise-limits.js';
import { taskInSlot } from './reduce-control.js';
import { isGone } from './shown-slots.js';
import type { RunStarted, RunState } from './state.js';

/** What is said to whoever asks something of a run. */
export interface ControlAnswer {
  /** Whether it is done; else nothing is. */
  readonly ok: boolean;
  /** What follows, or why nothing does: one sentence. */
  readonly text: string;
}

/** Whether a control can be followed now, and what is said of it. Pure. */
export function controlAnswer(state: RunState, control: Control): ControlAnswer {
  if (!state.run) return no('the run has not begun yet');
  if (state.finished) return no('the run has ended');
  switch (control.type) {
    case 'pauseSlot':
    case 'resumeSlot':
    case 'abortSlot':
      return aboutSlot(state, control.type, control.slot);
    case 'addSlot':
      return mayAdd(state, state.run);
    case 'removeSlot':
      return mayRemove(state, state.run);
    case 'skipTask':
      return mayBeSteered(state, control.task) ?? yes(`${control.task} is left alone by this run`);
    case 'retryTask': {
      if (state.stopping) return no(ENDING);
      if (taskInWork(state, control.task)) return no(`${control.task} is worked on just now`);
      return mayBeSteered(state, control.task) ?? yes(`${control.task} is taken again when a slot is free`);
    }
    case 'noteTask': {
      const task = 'task' in control.to ? control.to.task : taskInSlot(state, control.to.slot);
      if (task === null) return no('the slot has no task just now');
      return mayBeSteered(state, task) ?? yes(`it goes into the next prompt of ${task}`);
    }
    case 'raiseLimits': {
      if (state.stopping) return no('the run is ending: what is in work finishes, and nothing more begins');
      const problem = raiseProblem(state.run.limits, control.limits);
      return problem === null ? yes(`the limit is now ${raisedInWords(control.limits)}`) : no(problem);
    }
    case 'visitWorktree':
      return state.workers.get(control.worker)?.place === 'active'
        ? yes(`w${control.worker} goes on meanwhile`)
        : no(`w${control.worker} has no worktree`);
    case 'drainRun':
      return state.stopping
        ? no('the run is ending already')
        : yes('no further iteration begins; those in work finish, and what is merged lands');
    case 'abortRun':
      return state.stopping === 'cancelled'
        ? no('the run is being aborted already')
        : yes('agents are ended, their tasks go back to the queue; what is merged stays and lands');
  }
}

/** Why a run that is stopping takes no slot, task or limit. */
export const ENDING = 'the run is ending, no task is taken any more';

function yes(text: string): ControlAnswer {
  return { ok: true, text };
}

function no(text: string): ControlAnswer {
  return { ok: false, text };
}

function aboutSlot(
  state: RunState,
  type: 'pauseSlot' | 'resumeSlot' | 'abortSlot',
  number: number,
): ControlAnswer {
  const slot = state.slots.find((each) => each.slot === number);
  const there = state.run?.jobs ?? 0;
  if (!slot || isGone(slot)) return no(`there is no slot ${number}: there are ${there}`);
  if (slot.removed && type !== 'abortSlot') return no(`slot ${number} is removed: it takes no further task`);
  const task = taskInSlot(state, number);
  switch (type) {
    case 'pauseSlot':
      if (slot.paused) return no(`slot ${number} is paused already`);
      return yes(
        task === null
          ? `slot ${number} is paused`
          : `slot ${number} pauses when its iteration of ${task} has ended`,
      );
    case 'resumeSlot':
      return slot.paused ? yes(`slot ${number} goes on`) : no(`slot ${number} is not paused`);
    case 'abortSlot':
      if (task === null) return no(`slot ${number} works on nothing just now`);
      return yes(`slot ${number} ends its iteration of ${task}; the work is kept and the task goes back`);
  }
}

const MOST_SLOTS = 16;

function mayAdd({ stopping }: RunState, { jobs, mode }: RunStarted): ControlAnswer {
  if (stopping) return no(ENDING);
  if (mode === 'serial')
    return no('a run of one job works in the checkout itself: only one that was started with more can grow');
  if (jobs >= MOST_SLOTS) return no(`there are ${MOST_SLOTS} slots already, and more there cannot be`);
  return yes(`slot ${jobs + 1} is added: there are ${jobs + 1}`);
}

function mayRemove(state: RunState, { jobs }: RunStarted): ControlAnswer {
  if (state.stopping) return no(ENDING);
  if (jobs === 1) return no('it is the last slot: pause it, or drain the run');
  const task = taskInSlot(state, jobs);
  const left = jobs === 2 ? 'one is left' : `${jobs - 1} are left`;
  return yes(
    task === null
      ? `slot ${jobs} is removed: ${left}`
      : `slot ${jobs} goes when its iteration of ${task} has ended: ${left}`,
  );
}

/** Why nothing can be wished of a task any more; null when something can. */
function mayBeSteered(state: RunState, task: TaskId): ControlAnswer | null {
  const fate = state.tasks.get(task)?.fate;
  if (fate === 'merged' || fate === 'empty') return no(`${task} is done`);
  return fate === 'conflicted' ? no(`${task} waits for a person`) : null;
}

function taskInWork(state: RunState, task: TaskId): boolean {
  return state.slots.some(({ slot }) => taskInSlot(state, slot) === task);
}
