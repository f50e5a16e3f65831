import type { SlotView } from '../engine/live-view.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import type { TokenCount } from '../engine/ports.js';
import { isGone } from '../engine/shown-slots.js';
import type { Activity, Step, StepMark } from '../engine/state.js';
import { formatClock, formatDuration, formatMoney, formatTokens } from '../reporters/formats.js';
import { endInWords, stopInWords } from '../reporters/words.js';
import { screenText } from './screen-text.js';

type Working = Extract<Activity, { kind: 'working' }>;

/** Longer than most models think without a word. */
const STALE_MS = 2 * 60_000;

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
export function stateWord(view: SlotView, checkingBase: boolean, now: number): string {
  const { state } = view;
  const { activity, paused } = state;
  if (isGone(state)) return 'removed';
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
      if (activity.step === 'merge_turn') return 'to merge';
      return isStale(view, now) ? `${activity.step}!` : activity.step;
    case 'finished':
      return 'done';
  }
}

/** What a slot does, for the right end of its pane's rule. Pure. */
export function stateInWords(view: SlotView, checkingBase: boolean, now: number): string {
  const { activity, paused } = view.state;
  if (isGone(view.state)) return 'removed';
  const then = view.state.removed ? ', then GONE' : paused ? ', then PAUSE' : '';
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
export function factsInWords(view: SlotView, attempts: number, now: number, isWide = false): string {
  const { activity, worker } = view.state;
  if (activity.kind !== 'working') return worker === null ? '' : `worker w${worker}`;
  const { usage } = view;
  const ended = activity.agent.state === 'done';
  return screenText(
    [
      `iter ${activity.iteration}`,
      `try ${activity.attempt}/${attempts}`,
      ...(ended ? [] : [quietInWords(view, Date.parse(activity.since), now)]),
      ...conflictsInWords(view),
      ...spentInWords(view, ended, isWide),
      usage?.model ?? activity.model ?? activity.runtime,
      `w${worker ?? '?'}`,
    ].join('  '),
  );
}

function conflictsInWords({ conflicts }: SlotView): readonly string[] {
  if (conflicts.length === 0) return [];
  const names = conflicts.map((worker) => (worker === 'trunk' ? worker : `w${worker}`));
  return [`would conflict with ${names.join(' ')}`];
}

function quietInWords(view: SlotView, started: number, now: number): string {
  const mark = isStale(view, now) ? ' !' : '';
  return stallInWords(view, now) ?? `quiet ${formatDuration(now - (view.last_output ?? started))}${mark}`;
}

/** Whether an agent that runs has put out nothing for so long that one should have a look. Pure. */
export function isStale({ state: { activity }, last_output }: SlotView, now: number): boolean {
  if (activity.kind !== 'working' || activity.agent.state !== 'running') return false;
  return now - (last_output ?? Date.parse(activity.since)) >= STALE_MS;
}

/** How long an agent has given no sign of life, and when that is too long; null while that is nothing to tell. Pure. */
export function stallInWords({ quiet }: SlotView, now: number): string | null {
  if (quiet === null) return null;
  const limit = formatDuration(quiet.stall_ms).replace(/(?<=\D)00.$/, '');
  return `quiet ${formatDuration(now - quiet.since)}: stalled at ${limit}`;
}

/** Nothing is said of a running agent that has told nothing: it may still. */
function spentInWords(view: SlotView, ended: boolean, isWide: boolean): readonly string[] {
  const used = view.usage === null ? 0 : totalTokens(view.usage.tokens);
  if (used === 0) return ended ? ['tokens unknown'] : [];
  const cost = costInWords(view);
  const parts = isWide && view.usage !== null ? ` (${partsInWords(view.usage.tokens)})` : '';
  return [`${formatTokens(used)} tok${parts} ${cost === '?' ? 'cost unknown' : cost}`.trimEnd()];
}

function partsInWords({ input, output, cache_read, cache_create }: TokenCount): string {
  const cached = cache_read + cache_create;
  return `${formatTokens(input)} in, ${formatTokens(cached)} cached, ${formatTokens(output)} out`;
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

/** `   now Edit source/client.ts`: the call of a tool that goes on; empty when there is none. Pure. */
export function toolInWords({ tool }: SlotView): string {
  return tool === null ? '' : `   now ${screenText(tool)}`;
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
