import { withSlot, withTask, withWorker } from './change-state.js';
import type { DurableEvent } from './events.js';
import { type AttemptEnd, isOutsideFault } from './outcome.js';
import type { TokenCount } from './ports.js';
import { withItem } from './with-item.js';
import type { Activity, RunState, Spending, Step, StepMark } from './state.js';

type IterationEvent = Extract<
  DurableEvent,
  {
    type:
      | 'iteration.started'
      | 'agent.finished'
      | 'gate.started'
      | 'gate.finished'
      | 'merge.queued'
      | 'merge.started'
      | 'merge.finished'
      | 'task.closing'
      | 'iteration.finished';
  }
>;

const AHEAD: StepMark = { state: 'ahead' };

type Working = Extract<Activity, { kind: 'working' }>;

function running(at: string): StepMark {
  return { state: 'running', since: at };
}

/** Adds two counts of tokens. */
export function addTokens(left: TokenCount, right: TokenCount): TokenCount {
  return {
    input: left.input + right.input,
    output: left.output + right.output,
    cache_read: left.cache_read + right.cache_read,
    cache_create: left.cache_create + right.cache_create,
  };
}

/** All tokens together: what a budget of tokens counts, cached input included, since that is metered too. */
export function totalTokens(tokens: TokenCount): number {
  return tokens.input + tokens.output + tokens.cache_read + tokens.cache_create;
}

function spend(before: Spending, tokens: TokenCount, cost_usd: number | null): Spending {
  const used = totalTokens(tokens) > 0;
  return {
    tokens: addTokens(before.tokens, tokens),
    cost_usd: before.cost_usd + (cost_usd ?? 0),
    cost_unknown: before.cost_unknown || (cost_usd === null && used),
  };
}

function withStep(
  state: RunState,
  slot: number,
  step: Step,
  marks: Partial<Pick<Working, 'agent' | 'gate' | 'merge'>>,
): RunState {
  return withSlot(state, slot, (now) =>
    now.activity.kind === 'working' ? { activity: { ...now.activity, step, ...marks } } : {},
  );
}

/** A merged tree that is red, and a trunk that was not moved, have changed nothing of its history. */
function withHistory(state: RunState, event: Extract<IterationEvent, { type: 'merge.finished' }>): RunState {
  const { outcome, at, task, worker, sha, files } = event;
  if (outcome !== 'merged' && outcome !== 'conflict') return state;
  const step = { kind: outcome, at, run: state.run?.run_id ?? null, worker, task, sha, files } as const;
  return { ...state, history: withItem(state.history, step) };
}

/** What happens within one iteration, from its start to its end. Pure; a part of reduce(). */
export function reduceIteration(state: RunState, event: IterationEvent): RunState {
  switch (event.type) {
    case 'iteration.started': {
      const { task, attempt, iteration, base, runtime, model, worker } = event;
      const activity: Activity = {
        kind: 'working',
        task,
        attempt,
        iteration,
        base,
        runtime,
        model,
        since: event.at,
        step: 'agent',
        agent: running(event.at),
        gate: AHEAD,
        merge: AHEAD,
      };
      const begun = { ...state, started_iterations: state.started_iterations + 1 };
      const inSlot = withSlot(begun, event.slot, () => ({ activity, worker }));
      const inTask = withTask(inSlot, task, (now) => ({ tries: now.tries + 1, worker }));
      return withWorker(inTask, worker, (now) => ({
        iterations: now.iterations + 1,
        runtimes: now.runtimes.includes(runtime) ? now.runtimes : [...now.runtimes, runtime],
      }));
    }
    case 'agent.finished': {
      const { tokens, cost_usd, model } = event;
      const spent = { ...state, ...spend(state, tokens, cost_usd) };
      const inTask = withTask(spent, event.task, (now) => spend(now, tokens, cost_usd));
      const inWorker = withWorker(inTask, event.worker, (now) => spend(now, tokens, cost_usd));
      const ok = event.exit_code === 0 && event.closing === 'closed';
      return withSlot(inWorker, event.slot, (now) =>
        now.activity.kind === 'working'
          ? {
              activity: {
                ...now.activity,
                model: model ?? now.activity.model,
                agent: { state: 'done', ms: event.duration_ms, ok },
              },
            }
          : {},
      );
    }
    case 'gate.started':
      return event.which === 'own'
        ? withStep(state, event.slot, 'gate', { gate: running(event.at) })
        : withStep(state, event.slot, 'merge', { merge: running(event.at) });
    case 'gate.finished': {
      if (event.which === 'merged') return state;
      const ok = event.outcome === 'green' || event.outcome === 'remembered' || event.outcome === 'ungated';
      return withStep(state, event.slot, 'gate', { gate: { state: 'done', ms: event.duration_ms, ok } });
    }
    case 'merge.queued':
      return withStep(state, event.slot, 'merge_turn', { merge: running(event.at) });
    case 'merge.started':
      return withStep(state, event.slot, 'merge', {});
    case 'merge.finished': {
      const ok = event.outcome === 'merged';
      const marked = withSlot(state, event.slot, (now) => {
        if (now.activity.kind !== 'working') return {};
        const since = now.activity.merge.state === 'running' ? now.activity.merge.since : event.at;
        const ms = Math.max(0, Date.parse(event.at) - Date.parse(since));
        return { activity: { ...now.activity, merge: { state: 'done', ms, ok } } };
      });
      const told = withHistory(marked, event);
      if (!ok || event.sha === null) return told;
      const { sha, files } = event;
      return withTask({ ...told, trunk: sha }, event.task, () => ({ sha, files }));
    }
    case 'task.closing':
      return withStep(state, event.slot, 'close', {});
    case 'iteration.finished':
      return finishIteration(state, event);
  }
}

/** How many ends by a fault from outside in a row a task has after one more end. A usage limit may come any number of times. */
export function faultsAfter(faults: number, end: AttemptEnd): number {
  if (end === 'usage_limit') return faults;
  return isOutsideFault(end) ? faults + 1 : 0;
}

function finishIteration(
  state: RunState,
  event: Extract<IterationEvent, { type: 'iteration.finished' }>,
): RunState {
  const { end, fate, reason, counted, task, duration_ms } = event;
  const good = end === 'merged' || end === 'empty';
  const totals = {
    ...state,
    finished_iterations: state.finished_iterations + 1,
    failures_in_row: counted ? state.failures_in_row + 1 : good ? 0 : state.failures_in_row,
  };
  const inTask = withTask(totals, task, (now) => ({
    fate,
    end,
    reason,
    counted: now.counted + (counted ? 1 : 0),
    faults: faultsAfter(now.faults, end),
    duration_ms: now.duration_ms + duration_ms,
    // A parked claim is never given back; any other fate lets go of the task.
    worker: fate === null || fate === 'conflicted' ? now.worker : null,
  }));
  const inWorker = withWorker(inTask, event.worker, (now) => ({
    closed: now.closed + (good ? 1 : 0),
    busy_ms: now.busy_ms + duration_ms,
  }));
  return withSlot(inWorker, event.slot, () => ({ activity: { kind: 'idle' }, last: { task, end } }));
}
