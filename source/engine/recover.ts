import { type RunId, type Sha, type TaskId, isClaimOf } from './ids.js';
import type { LooseEnds, OpenIteration } from './loose-ends.js';
import { isOutsideFault } from './outcome.js';
import type { Task } from './ports.js';
import type { RunState } from './state.js';

/** A worker's folder, as git finds it: `changed` when it finds there another repository than the one that was made. */
export type WorktreeFound = 'intact' | 'changed' | 'gone';

/** A commit on trunk's first-parent line, with what its trailers say. */
export interface TrunkCommit {
  readonly task: string | null;
  readonly attempt: number | null;
}

/** A ref under the run's folder of salvage, with what the trailers of its commit say. */
export interface SalvageFound {
  readonly ref: string;
  readonly sha: Sha;
  readonly worker: number;
  readonly task: TaskId | null;
  readonly attempt: number;
  readonly reason: string;
}

/** What the world tells of a run that was cut, whatever its journal says. */
export interface World {
  /** What trunk holds on its first-parent line beyond the starting commit. */
  readonly trunk: ReadonlyMap<Sha, TrunkCommit>;
  readonly tasks: ReadonlyMap<TaskId, Pick<Task, 'id' | 'status' | 'assignee'>>;
  /** The bugs that name this run and a worker, by worker. */
  readonly bugs: ReadonlyMap<number, TaskId>;
  /** Every worker of the journal, and every worktree of the run that the journal does not know. */
  readonly worktrees: ReadonlyMap<number, WorktreeFound>;
  readonly salvages: readonly SalvageFound[];
  /** `cut`: something of a landing is in the user's checkout, and not all of it. */
  readonly landing: 'landed' | 'not_begun' | 'cut';
}

/** One thing that is to be done or told, so that nothing of the run is left open. They are meant to be done in order. */
export type RecoveryStep =
  | { readonly kind: 'tell_salvage'; readonly salvage: SalvageFound }
  | { readonly kind: 'adopt_worker'; readonly worker: number; readonly slot: number }
  | { readonly kind: 'tell_merge'; readonly iteration: OpenIteration; readonly sha: Sha }
  | { readonly kind: 'tell_caught_up'; readonly sha: Sha; readonly tip: Sha }
  | {
      readonly kind: 'tell_parked_merge';
      readonly run: RunId;
      readonly worker: number;
      readonly task: TaskId;
      readonly sha: Sha;
    }
  /** The work is in trunk: its task is closed, whether or not the queue knows it already. */
  | {
      readonly kind: 'close';
      readonly task: TaskId;
      readonly sha: Sha | null;
      readonly how: 'merged' | 'empty';
    }
  | {
      readonly kind: 'end_well';
      readonly iteration: OpenIteration;
      readonly how: 'merged' | 'empty';
    }
  /** The worker waits for a person; `bug` is what was filed for it, null when nothing was. */
  | { readonly kind: 'park'; readonly iteration: OpenIteration; readonly bug: TaskId | null }
  /** Its work is salvaged, and it does not count. */
  | { readonly kind: 'lose'; readonly iteration: OpenIteration; readonly worktree: WorktreeFound }
  /** An agent had closed the task, and its work is not in trunk. */
  | { readonly kind: 'reopen'; readonly task: TaskId }
  | { readonly kind: 'give_back'; readonly task: TaskId; readonly failed: boolean }
  /** The queue has the task back already. */
  | { readonly kind: 'tell_returned'; readonly task: TaskId; readonly failed: boolean }
  | { readonly kind: 'remove_parked'; readonly worker: number }
  /** Its folder is gone: what its branch holds is kept. */
  | { readonly kind: 'drop_worker'; readonly worker: number }
  | {
      readonly kind: 'tell_landing';
      readonly landing: 'landed' | 'cut';
      readonly begun: NonNullable<LooseEnds['landing']>;
    };

/** Everything that settles a run that was cut: the journal says what was begun, the world what came of it. Pure. */
export function recover(state: RunState, ends: LooseEnds, world: World): readonly RecoveryStep[] {
  const iterations = ends.iterations.map((iteration) => settleIteration(iteration, world, state));
  return [
    ...untoldSalvages(ends, world),
    ...untoldWorkers(state, world),
    ...trunkSteps(ends, world),
    ...ends.unclosed.map(({ task, sha }): RecoveryStep => ({ kind: 'close', task, sha, how: 'merged' })),
    ...iterations.flat(),
    ...returns(state, ends, world),
    ...removals(state, ends, world),
    ...landingSteps(ends, world),
  ];
}

function untoldSalvages(ends: LooseEnds, world: World): RecoveryStep[] {
  return world.salvages
    .filter(({ ref }) => !ends.salvages.has(ref))
    .map((salvage) => ({ kind: 'tell_salvage', salvage }));
}

/** A worktree that was made for a slot that had none, a moment before that could be told. */
function untoldWorkers(state: RunState, world: World): RecoveryStep[] {
  const free = state.slots.filter(({ worker }) => !isActive(state, worker)).map(({ slot }) => slot);
  const untold = [...world.worktrees].filter(
    ([worker, found]) => !state.workers.has(worker) && found === 'intact',
  );
  return untold.flatMap(([worker]) => {
    const slot = free.shift();
    return slot === undefined ? [] : [{ kind: 'adopt_worker', worker, slot }];
  });
}

function isActive(state: RunState, worker: number | null): boolean {
  return worker !== null && state.workers.get(worker)?.place === 'active';
}

function trunkSteps(ends: LooseEnds, world: World): RecoveryStep[] {
  const steps: RecoveryStep[] = [];
  const { catching_up, parked_merging } = ends;
  if (catching_up && world.trunk.has(catching_up.candidate)) {
    steps.push({ kind: 'tell_caught_up', sha: catching_up.candidate, tip: catching_up.tip });
  }
  if (parked_merging && world.trunk.has(parked_merging.candidate)) {
    const { run, worker, task, candidate: sha } = parked_merging;
    steps.push({ kind: 'tell_parked_merge', run, worker, task, sha });
    steps.push({ kind: 'close', task, sha, how: 'merged' });
  }
  return steps;
}

function settleIteration(iteration: OpenIteration, world: World, state: RunState): RecoveryStep[] {
  const { started, closed } = iteration;
  const { task, worker } = started;
  const merged = mergeOf(iteration, world);
  const how = merged ? 'merged' : iteration.closing ? 'empty' : null;
  if (how !== null) {
    const sha = merged?.sha ?? iteration.closing?.sha ?? null;
    return [
      ...(merged?.told === false
        ? [{ kind: 'tell_merge', iteration, sha: merged.sha } satisfies RecoveryStep]
        : []),
      ...(closed ? [] : [{ kind: 'close', task, sha, how } satisfies RecoveryStep]),
      { kind: 'end_well', iteration, how },
    ];
  }
  const bug = iteration.bug ?? world.bugs.get(worker) ?? null;
  const found = world.worktrees.get(worker) ?? 'gone';
  const serial = state.run?.mode === 'serial';
  if (iteration.parked || bug !== null || (found === 'changed' && !serial))
    return [{ kind: 'park', iteration, bug }];
  return [{ kind: 'lose', iteration, worktree: found }, ...giveBack(task, false, world, state)];
}

/** The merge of an iteration, told or found in trunk; null when there was none. */
function mergeOf(
  { started, merge }: OpenIteration,
  world: World,
): { readonly sha: Sha; readonly told: boolean } | null {
  if (merge?.type === 'merge.finished')
    return merge.outcome === 'merged' && merge.sha ? { sha: merge.sha, told: true } : null;
  if (merge === null) return null;
  const found = world.trunk.get(merge.candidate);
  const ours = found?.task === started.task && found.attempt === started.attempt;
  return ours ? { sha: merge.candidate, told: false } : null;
}

/** The task goes back, if it is still this run's; an agent may have closed it, and its dependents must not start. */
function giveBack(task: TaskId, failed: boolean, world: World, state: RunState): RecoveryStep[] {
  const now = world.tasks.get(task);
  if (now?.status === 'closed') {
    return [
      { kind: 'reopen', task },
      { kind: 'tell_returned', task, failed },
    ];
  }
  return [{ kind: now && isOurs(now, state) ? 'give_back' : 'tell_returned', task, failed }];
}

function isOurs(task: Pick<Task, 'status' | 'assignee'>, { run }: RunState): boolean {
  return run !== null && isClaimOf(run.run_id, task);
}

/** Every claim of the run that no settled or parked iteration accounts for, and what is told to go back. */
function returns(state: RunState, ends: LooseEnds, world: World): RecoveryStep[] {
  const inFlight = new Set(ends.iterations.map(({ started }) => started.task));
  const steps = ends.returning.flatMap(({ task, fate, end }) => {
    // Whether its agent had closed it could not be seen when the queue did not answer.
    const back = end === 'queue_failed' ? giveBack : giveBackOnce;
    return back(task, fate === 'failed' && !isOutsideFault(end), world, state);
  });
  const told = new Set(ends.returning.map(({ task }) => task));
  const merging = new Set(
    [...ends.unclosed, ...(ends.parked_merging ? [ends.parked_merging] : [])].map(({ task }) => task),
  );
  const claimed = [...world.tasks.values()].filter(
    (task) => isOurs(task, state) && !inFlight.has(task.id) && !told.has(task.id) && !merging.has(task.id),
  );
  for (const { id } of claimed) {
    const fate = state.tasks.get(id)?.fate ?? null;
    // What is merged or empty was refused by the queue, and is closed again at the end; a parked claim is kept.
    if (fate === null || fate === 'open again' || fate === 'failed')
      steps.push({ kind: 'give_back', task: id, failed: false });
  }
  // Held by the journal alone, or to be given back: somebody else has taken it or given it back meanwhile.
  for (const task of state.tasks.values()) {
    const held = task.worker !== null && task.fate === null && !inFlight.has(task.id);
    if (!held && (task.return_refused === null || told.has(task.id))) continue;
    const now = world.tasks.get(task.id);
    if (!now || !isOurs(now, state)) steps.push({ kind: 'tell_returned', task: task.id, failed: false });
  }
  return steps;
}

/** An attempt that has ended needs no reopening: what is closed since was closed by a person. */
function giveBackOnce(task: TaskId, failed: boolean, world: World, state: RunState): RecoveryStep[] {
  const now = world.tasks.get(task);
  return [{ kind: now && isOurs(now, state) ? 'give_back' : 'tell_returned', task, failed }];
}

function removals(state: RunState, ends: LooseEnds, world: World): RecoveryStep[] {
  const settling = ends.parked_merging;
  const parked = [
    ...ends.unremoved,
    ...(settling && settling.run === state.run?.run_id && world.trunk.has(settling.candidate)
      ? [settling.worker]
      : []),
  ];
  const gone = [...state.workers.values()].filter(
    ({ worker, place }) => place === 'active' && world.worktrees.get(worker) === 'gone',
  );
  const parking = new Set(
    ends.iterations.filter(({ parked }) => parked).map(({ started }) => started.worker),
  );
  return [
    ...parked.map((worker): RecoveryStep => ({ kind: 'remove_parked', worker })),
    ...gone
      .filter(({ worker }) => !parking.has(worker) && !world.bugs.has(worker))
      .map(({ worker }): RecoveryStep => ({ kind: 'drop_worker', worker })),
  ];
}

function landingSteps(ends: LooseEnds, world: World): RecoveryStep[] {
  if (ends.landing === null || world.landing === 'not_begun') return [];
  return [{ kind: 'tell_landing', landing: world.landing, begun: ends.landing }];
}
