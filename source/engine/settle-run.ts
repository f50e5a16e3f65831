import { access } from 'node:fs/promises';
import { closeTask } from './close-task.js';
import { giveBack } from './give-back.js';
import { isAncestor } from './git/merge.js';
import { changeRefs, listRefs, readRef, removeRefLock } from './git/refs.js';
import { removeStaleLocks } from './git/worktree.js';
import { type Sha, workerBranch } from './ids.js';
import { keepCommit } from './keep-commit.js';
import type { LooseEnds } from './loose-ends.js';
import { type CutContext, endWell, loseIteration, parkIteration, tellMerge } from './settle-iteration.js';
import { parkedHere } from './parked-work.js';
import { recover, type RecoveryStep } from './recover.js';
import { removeParked } from './remove-parked.js';
import { type QueueContext, type StandingWorkers, trunkRef, type Worker } from './run-context.js';
import { shellWord } from './shell-word.js';
import { standingTrunk } from './standing-trunk.js';
import { numberedFolders, surveyWorld, untoldWorktree } from './survey-world.js';

/** How a run that was cut stands when nothing of it is open any more. */
export interface SettledRun extends StandingWorkers {
  /** Something of a landing is in the user's checkout: nothing there may be touched, and this says what mends it. */
  readonly repair: string | null;
}

/**
 * Settles everything that a run was in the middle of when it was cut (LOOP.md §10). No process of it may live any more.
 * Throws a GitError or a QueueError where the world cannot be read: what is settled by then is told, the rest stays open.
 */
export async function settleRun(context: QueueContext, ends: LooseEnds): Promise<SettledRun> {
  await removeLocks(context);
  const world = await surveyWorld(context, ends);
  const steps = recover(context.events.state, ends, world);
  const cut_at = Date.parse(context.events.state.updated_at ?? '');
  for (const step of steps) await settle({ ...context, cut_at }, step);
  await settleTrunk(context);
  const workers: Worker[] = [];
  for (const {
    worker,
    slot,
    path,
    git_dir,
    branch,
    iterations,
    place,
  } of context.events.state.workers.values()) {
    const stands = place === 'active' && slotHas(context, slot, worker);
    const found = world.worktrees.get(worker) ?? 'gone';
    if (!stands) continue;
    if (found === 'intact')
      workers.push({
        worker,
        slot,
        worktree: { path, git_dir, branch },
        iterations,
        setup: null,
        unsaved: false,
      });
    else if (found === 'changed')
      tell(context, `${path} stays: git no longer finds it as it was made. A fresh worker takes its place`);
  }
  const { landing } = context.events.state;
  const cut = steps.some((step) => step.kind === 'tell_landing' && step.landing === 'cut');
  const repair = cut && landing.kind === 'refused' ? landing.reason : null;
  return { workers, next_worker: await nextWorker(context), repair };
}

function slotHas({ events }: QueueContext, slot: number, worker: number): boolean {
  return events.state.slots.some((each) => each.slot === slot && each.worker === worker);
}

function tell({ events }: QueueContext, text: string): void {
  events.note({ type: 'notice', level: 'warning', text });
}

/** Nothing of the run's lives: what a dead git of its own has locked is free. */
async function removeLocks(context: QueueContext): Promise<void> {
  const { events, serial, places } = context;
  if (serial) return;
  for (const worker of events.state.workers.values()) {
    const there = await access(worker.git_dir).then(
      () => worker.place !== 'removed',
      () => false,
    );
    if (there) await removeStaleLocks(worker);
  }
  await removeRefLock(places.common_dir, trunkRef(context));
}

async function settle(context: CutContext, step: RecoveryStep): Promise<void> {
  const { events, queue, run } = context;
  switch (step.kind) {
    case 'tell_salvage':
      await events.record({ type: 'salvage.created', ...step.salvage });
      return;
    case 'adopt_worker':
      return adopt(context, step);
    case 'tell_merge':
      return tellMerge(context, step.iteration, step.sha);
    case 'tell_caught_up':
      await events.record({ type: 'trunk.caught_up', sha: step.sha, tip: step.tip });
      return;
    case 'tell_parked_merge': {
      const { run: parkedBy, worker, task, sha } = step;
      const reason = 'its bug was closed';
      const outcome = 'merged';
      await events.record({ type: 'parked.settled', run: parkedBy, worker, task, outcome, sha, reason });
      return;
    }
    case 'close': {
      const { task, how } = step;
      await closeTask(context, { task, sha: step.sha ?? trunkOf(context), how });
      return;
    }
    case 'end_well':
      return endWell(context, step.iteration, step.how);
    case 'park':
      return parkIteration(context, step.iteration, step.bug);
    case 'lose':
      return loseIteration(context, step.iteration, step.worktree);
    case 'reopen':
      return queue.reopen(step.task, {
        note: `${run}: closed by its agent, whose work was cut and not merged.`,
      });
    case 'give_back':
    case 'tell_returned':
      return returnTask(context, step);
    case 'remove_parked': {
      const parked = parkedHere(context).find(({ worker }) => worker === step.worker);
      if (parked) await removeParked(context, parked);
      return;
    }
    case 'drop_worker':
      return dropWorker(context, step.worker);
    case 'tell_landing':
      return tellLanding(context, step);
  }
}

function trunkOf({ events, start }: QueueContext): Sha {
  return events.state.trunk ?? start.sha;
}

async function adopt(
  context: QueueContext,
  { worker, slot }: Extract<RecoveryStep, { kind: 'adopt_worker' }>,
): Promise<void> {
  const worktree = await untoldWorktree(context, worker);
  if (!worktree) return;
  const { path, git_dir, branch } = worktree;
  const base = trunkOf(context);
  await context.events.record({ type: 'worker.created', slot, worker, branch, path, git_dir, base });
}

async function returnTask(
  context: QueueContext,
  step: Extract<RecoveryStep, { kind: 'give_back' | 'tell_returned' }>,
): Promise<void> {
  const { events, run } = context;
  const { task, failed } = step;
  const known = events.state.tasks.get(task);
  // A park that took the claim over keeps it.
  if (known?.fate === 'conflicted') return;
  const salvage = known?.salvages.at(-1) ?? null;
  const kept = salvage ? ` Its work is kept: ${salvage}` : '';
  const why = failed && known?.reason ? `failed: ${known.reason}.` : 'given back.';
  const note = `${run}, which was cut: ${why}${kept}`;
  if (step.kind === 'tell_returned')
    await events.record({ type: 'task.returned', task, note, failed, offered: false });
  else await giveBack(context, { task, note, failed });
}

/** A worktree that was removed by hand: only its branch may still hold something. */
async function dropWorker(context: QueueContext, number: number): Promise<void> {
  const { git, places, events, run } = context;
  const worker = events.state.workers.get(number);
  if (!worker) return;
  await keepBranch(context, number);
  const ref = `refs/heads/${workerBranch(run, number)}`;
  // Git lists it still, and would not let go of its branch.
  await git.ask(places.home, ['worktree', 'remove', '--force', '--force', '--', worker.path]);
  const tip = await readRef(git, places.home, ref);
  if (tip) await changeRefs(git, places.home, [{ ref, old: tip, next: null }]);
  events.note({ type: 'worker.removed', worker: number });
}

/** Salvages a worker's branch, unless all that it holds is in trunk or salvaged already. */
async function keepBranch(context: QueueContext, worker: number): Promise<void> {
  const { git, places, run, start } = context;
  const tip = await readRef(git, places.home, `refs/heads/${workerBranch(run, worker)}`);
  if (tip === null || (await isAncestor(git, places.home, tip, trunkOf(context)))) return;
  const kept = ['for-each-ref', '--count=1', '--contains', tip, '--', `refs/hew/salvage/${run}`];
  if ((await git.text(places.home, kept)) !== '') return;
  const reason = 'its worktree is gone';
  await keepCommit(context, tip, { worker, task: null, attempt: 0, reason, base: start.sha });
}

async function tellLanding(
  { events, places }: QueueContext,
  { landing, begun }: Extract<RecoveryStep, { kind: 'tell_landing' }>,
): Promise<void> {
  const { branch, from, to } = begun;
  if (landing === 'landed') {
    await events.record({ type: 'run.landed', branch, from, to, how: 'fast_forward' });
    return;
  }
  const git = `git -C ${shellWord(places.home)}`;
  const reason = `the landing was cut in the middle, and nothing more is touched. See what it has left: ${git} status. Take that back, then: ${git} merge --ff-only ${to}`;
  await events.record({ type: 'land.refused', branch, to, reason });
}

/** Trunk is where the journal and its own first-parent line say, or nowhere because it has landed. */
async function settleTrunk(context: QueueContext): Promise<void> {
  const { git, places, events, start, serial } = context;
  const { landing, trunk } = events.state;
  if (serial || landing.kind === 'landed' || trunk === null) return;
  const ref = trunkRef(context);
  // The run was cut before it could make its trunk.
  if (trunk === start.sha && (await changeRefs(git, places.home, [{ ref, old: null, next: trunk }]))) return;
  await context.mergeTurn(() => standingTrunk(context));
}

/** Numbers that a folder or a branch has, whoever made it, are taken as well. */
async function nextWorker(context: QueueContext): Promise<number> {
  const { git, places, run, events, worktrees } = context;
  const branches = await listRefs(git, places.home, [`refs/heads/loop/${run}`]);
  const numbers = [...branches.keys()].map((ref) => Number(/\/w(\d+)$/.exec(ref)?.[1] ?? -1));
  const taken = [...events.state.workers.keys(), ...numbers, ...(await numberedFolders(worktrees))];
  return Math.max(-1, ...taken) + 1;
}
