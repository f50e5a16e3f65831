import type { SlotView } from '../engine/live-view.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import type { Activity, Step, StepMark } from '../engine/state.js';
import { formatClock, formatDuration, formatMoney, formatTokens } from '../reporters/formats.js';
import { endInWords, stopInWords } from '../reporters/words.js';
import { screenText } from './screen-text.js';

type Working = Extract<Activity, { kind: 'working' }>;

const STEPS: Readonly<Record<Step, string>> = {
  agent: 'agent',
  gate: 'gate',
  merge_turn: 'waits to merge',
  merge: 'merge',
  close: 'closes',
};

function since(at: string, now: number): string {
  return formatDuration(now - Date.parse(at));
}

/** The mark of the step that the slot is at. */
function markOf(activity: Working): StepMark {
  if (activity.step === 'agent') return activity.agent;
  return activity.step === 'gate' ? activity.gate : activity.merge;
}

/** How long the slot is at what it does; null where that tells nothing. Pure. */
export function timeInStep({ state: { activity } }: SlotView, now: number): string | null {
  if (activity.kind === 'waiting') return since(activity.since, now);
  if (activity.kind !== 'working') return null;
  const mark = markOf(activity);
  if (mark.state === 'running') return since(mark.since, now);
  return mark.state === 'done' ? formatDuration(mark.ms) : null;
}

/** What a slot does, in one or two words for a column. Pure. */
export function stateWord({ state }: SlotView, checkingBase: boolean): string {
  const { activity, paused } = state;
  switch (activity.kind) {
    case 'idle':
      return paused ? 'PAUSED' : checkingBase ? (state.slot === 1 ? 'base' : 'waits') : 'idle';
    case 'claiming':
      return 'starts';
    case 'waiting':
      if (paused || activity.reason === 'paused') return 'PAUSED';
      return { nothing_ready: 'idle', usage_limit: 'limit', back_off: 'back-off', disk: 'disk' }[
        activity.reason
      ];
    case 'working':
      return activity.step === 'merge_turn'
        ? 'to merge'
        : activity.step === 'close'
          ? 'close'
          : activity.step;
    case 'finished':
      return 'done';
  }
}

/** What a slot does, for the right end of its pane's rule. Pure. */
export function stateInWords(view: SlotView, checkingBase: boolean, now: number): string {
  const { activity, paused } = view.state;
  const then = paused ? ', then PAUSE' : '';
  switch (activity.kind) {
    case 'idle':
      if (paused) return 'PAUSED';
      if (!checkingBase) return 'idle';
      return view.state.slot === 1 ? 'tests the untouched base' : 'waits for the base';
    case 'claiming':
      return `starts${then}`;
    case 'waiting': {
      if (paused || activity.reason === 'paused') return `PAUSED ${since(activity.since, now)}`;
      if (activity.reason === 'nothing_ready') return `nothing ready ${since(activity.since, now)}`;
      const why = activity.reason === 'usage_limit' ? 'usage limit' : 'backs off';
      if (activity.until === null) return why;
      const left = Math.max(0, Date.parse(activity.until) - now);
      return `${why}, back ${formatClock(activity.until)}, in ${formatDuration(left)}`;
    }
    case 'working': {
      const time = timeInStep(view, now);
      return `${STEPS[activity.step]}${time === null ? '' : ` ${time}`}${then}`;
    }
    case 'finished':
      return `done: ${stopInWords(activity.stop_reason)}`;
  }
}

/** `app-12 Add retry to the client`, or what there is to say without a task. Pure. */
export function subjectInWords({ state, task }: SlotView): string {
  if (task) return screenText(task.title === task.id ? task.id : `${task.id} ${task.title}`);
  if (state.last) return `after ${state.last.task} (${endInWords(state.last.end)})`;
  return 'no task yet';
}

/** The facts that stand below the rule, what is wanted most at the front: the rest may be cut. Pure. */
export function factsInWords(view: SlotView, attempts: number, now: number): string {
  const { activity, worker } = view.state;
  if (activity.kind !== 'working') return worker === null ? '' : `worker w${worker}`;
  const { usage } = view;
  const ended = activity.agent.state === 'done';
  return screenText(
    [
      `iter ${activity.iteration}`,
      `try ${activity.attempt}/${attempts}`,
      ...(ended ? [] : [quietInWords(view, Date.parse(activity.since), now)]),
      ...spentInWords(view, ended),
      usage?.model ?? activity.model ?? activity.runtime,
      `w${worker ?? '?'}`,
    ].join('  '),
  );
}

function quietInWords(view: SlotView, started: number, now: number): string {
  return stallInWords(view, now) ?? `quiet ${formatDuration(now - (view.last_output ?? started))}`;
}

/** How long an agent has given no sign of life, and when that is too long; null while that is nothing to tell. Pure. */
export function stallInWords({ quiet }: SlotView, now: number): string | null {
  if (quiet === null) return null;
  const limit = formatDuration(quiet.stall_ms).replace(/(?<=\D)00.$/, '');
  return `quiet ${formatDuration(now - quiet.since)}: stalled at ${limit}`;
}

/** Nothing is said of a running agent that has told nothing: it may still. */
function spentInWords(view: SlotView, ended: boolean): readonly string[] {
  const used = view.usage === null ? 0 : totalTokens(view.usage.tokens);
  if (used === 0) return ended ? ['tokens unknown'] : [];
  const cost = costInWords(view);
  return [`${formatTokens(used)} tok ${cost === '?' ? 'cost unknown' : cost}`.trimEnd()];
}

/** What the slot's iteration has cost by now; nothing while that may still be told. Pure. */
export function costInWords({ usage }: SlotView): string {
  if (usage === null || totalTokens(usage.tokens) === 0) return '';
  // Most runtimes tell the cost only when they end.
  if (usage.cost_usd === null && !usage.counted) return '';
  return formatMoney(usage.cost_usd ?? 0, usage.cost_usd === null);
}

/** Why the attempt before has failed; null in the first one. Pure. */
export function failureInWords({ state: { activity }, task }: SlotView): string | null {
  if (activity.kind !== 'working' || activity.attempt < 2 || !task?.reason) return null;
  return screenText(`try ${activity.attempt - 1} failed: ${task.reason}`);
}

/** `agent ✓ 4m12s   gate 31s   merge -`: how far the iteration is. Pure. */
export function stepsInWords({ state: { activity } }: SlotView, now: number): string {
  if (activity.kind !== 'working') return '';
  const turn = activity.step === 'merge_turn';
  return [
    stepInWords('agent', activity.agent, now),
    stepInWords('gate', activity.gate, now),
    stepInWords(turn ? 'turn to merge' : 'merge', activity.merge, now),
  ].join('   ');
}

function stepInWords(name: string, mark: StepMark, now: number): string {
  switch (mark.state) {
    case 'ahead':
      return `${name} -`;
    case 'running':
      return `${name} ${since(mark.since, now)}`;
    case 'done':
      return `${name} ${mark.ok ? '✓' : '✗'} ${formatDuration(mark.ms)}`;
  }
}
