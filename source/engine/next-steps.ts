import type { QueueCommands } from './ports.js';
import { QUEUE_COMMANDS } from './queue/queue-commands.js';
import { salvageName } from './salvage-name.js';
import type { TaskId } from './ids.js';
import type { LandingSummary } from './landing-summary.js';
import type { RunState } from './state.js';
import type { TaskSummary } from './task-summary.js';
import { shellWord } from './shell-word.js';

/** Something that is left to a person: why, and the commands for it, ready to be typed at the project's home. */
export interface NextStep {
  readonly task: TaskId | null;
  readonly why: string;
  readonly commands: readonly string[];
}

/** What the next steps are made from. */
export interface NextStepFacts {
  readonly state: RunState;
  readonly tasks: readonly TaskSummary[];
  readonly landing: LandingSummary;
}

/** What a person has to do after a run, what stops most of the others first. Nothing that it names loses work. Pure. */
export function nextSteps({ state, tasks, landing }: NextStepFacts): readonly NextStep[] {
  const of = (
    fate: TaskSummary['fate'],
    step: (task: TaskSummary) => readonly NextStep[],
  ): readonly NextStep[] => tasks.filter((task) => task.fate === fate).flatMap(step);
  return [
    ...landingSteps(state, landing),
    ...checkoutSteps(state),
    ...of('stranded', (task) => strandedSteps(state, task)),
    ...of('conflicted', (task) => [conflictStep(state, task)]),
    ...tasks.flatMap((task) => notReturnedSteps(state, task)),
    ...of('failed', (task) => [failedStep(state, task)]),
    ...of('open again', (task) => openAgainSteps(task)),
    ...resumeSteps(state),
  ];
}

function landingSteps(state: RunState, landing: LandingSummary): readonly NextStep[] {
  if (!state.run || !state.finished) return [];
  if (landing.kind === 'detached') {
    const why = `the run began without a branch: its merges are on ${landing.trunk}`;
    return [{ task: null, why, commands: [`git merge --ff-only ${landing.trunk}`] }];
  }
  if (landing.kind !== 'not_landed') return [];
  const why = `not landed on ${landing.branch}${landing.reason === null ? '' : `: ${landing.reason}`}`;
  return [{ task: null, why, commands: [`hew loop land ${state.run.run_id}`] }];
}

/** With one job a run stops rather than touch a checkout that is not as it left it. */
function checkoutSteps({ run, finished }: RunState): readonly NextStep[] {
  if (run?.mode !== 'serial' || finished?.stop_reason !== 'guard_trip') return [];
  const why = 'the run stopped, since the checkout was not as it had left it: nothing in it was reset';
  return [{ task: null, why, commands: ['git status', 'git log --oneline -5'] }];
}

/** What the user's queue is asked with. */
function commandsOf({ run }: RunState): QueueCommands {
  return QUEUE_COMMANDS[run?.queue ?? 'file'];
}

function strandedSteps(state: RunState, task: TaskSummary): readonly NextStep[] {
  // What is only not landed needs the landing and nothing else.
  if (task.closed) return [];
  const refused =
    task.close_refused === null ? 'was not closed' : `could not be closed: ${task.close_refused}`;
  const why = `${task.id} is ${task.sha === null ? 'done' : 'merged'}, but ${refused}`;
  return [{ task: task.id, why, commands: [commandsOf(state).close(task.id)] }];
}

function notReturnedSteps(state: RunState, task: TaskSummary): readonly NextStep[] {
  if (task.return_refused === null) return [];
  const why = `${task.id} could not be given back to the queue: ${task.return_refused.message}`;
  const commands = [commandsOf(state).giveBack(task.id), ...lookAtSalvage(task)];
  return [{ task: task.id, why, commands }];
}

function conflictStep(state: RunState, task: TaskSummary): NextStep {
  const parked = [...state.workers.values()].find(
    (worker) => worker.place === 'parked' && worker.parked?.task === task.id,
  );
  const where = parked ? ` (worker w${parked.worker} kept)` : '';
  const why = `${task.id} ${task.reason ?? `conflicts in ${task.paths.join(', ') || 'files of another task'}`}${where}`;
  if (task.bug !== null) return { task: task.id, why, commands: [commandsOf(state).show(task.bug)] };
  return {
    task: task.id,
    why,
    commands: parked ? [`git -C ${shellWord(parked.path)} status`] : [commandsOf(state).show(task.id)],
  };
}

function failedStep(state: RunState, task: TaskSummary): NextStep {
  const tries = task.tries === 1 ? '' : ` after ${task.tries} tries`;
  return {
    task: task.id,
    why: `${task.id} failed${tries}${task.reason === null ? '' : `: ${task.reason}`}`,
    commands: [commandsOf(state).show(task.id), ...lookAtSalvage(task)],
  };
}

function openAgainSteps(task: TaskSummary): readonly NextStep[] {
  if (task.return_refused !== null) return [];
  const commands = lookAtSalvage(task);
  return commands.length === 0
    ? []
    : [{ task: task.id, why: `${task.id} is open again, its work is kept`, commands }];
}

/**
 * How to see the newest salvage, and how to take it over. The salvage holds commits and, on top, what was not
 * committed: a cherry-pick would take only that.
 */
function lookAtSalvage(task: TaskSummary): readonly string[] {
  const ref = task.salvages.at(-1);
  return ref === undefined ? [] : [`hew loop salvage show ${salvageName(ref)}`, `git merge --squash ${ref}`];
}

function resumeSteps({ run, finished }: RunState): readonly NextStep[] {
  if (!run || finished?.stop_reason !== 'cancelled' || finished.tasks_left === 0) return [];
  // With one job the next run would work in the checkout itself, as this one has not.
  const again = `hew tui --jobs ${run.trunk === null ? run.jobs : Math.max(2, run.jobs)}`;
  return [
    {
      task: null,
      why: 'the run was ended early; the tasks that are left wait for the next',
      commands: [again],
    },
  ];
}
