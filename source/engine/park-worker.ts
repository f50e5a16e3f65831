import type { Attempt } from './attempt.js';
import { conflictBug } from './conflict-bug.js';
import { isAncestor } from './git/merge.js';
import { changeRefs, readRef } from './git/refs.js';
import { readStatus } from './git/status.js';
import { isIntact } from './git/worktree.js';
import { type Sha, type TaskId, trunkBranch } from './ids.js';
import { QueueError } from './ports.js';
import { QUEUE_COMMANDS } from './queue/queue-commands.js';
import type { AttemptOutcome } from './run-attempt.js';
import type { QueueContext } from './run-context.js';

/** Leaves a worker on disk for a person, and files the bug that blocks its task. Returns the bug, if it could be filed. */
export async function parkWorker(
  context: QueueContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
): Promise<TaskId | null> {
  const { events } = context;
  const { worker, task } = attempt;
  const reason = outcome.reason ?? 'it needs a person';
  if (outcome.conflict && outcome.result) await bringBranch(context, attempt, outcome.result);
  const bug = await fileBug(context, attempt, outcome, reason);
  if (bug) {
    const files = outcome.conflict ? [...outcome.files] : [];
    events.note({ type: 'conflict.filed', task: task.id, bug, worker: worker.worker, files });
  }
  const result = outcome.result ?? (await committedWork(context, attempt));
  await events.record({ type: 'worker.parked', worker: worker.worker, task: task.id, reason, bug, result });
  return bug;
}

/** The worker's branch holds the work, and HEAD is on it: what a person finds is what a person expects. */
async function bringBranch(context: QueueContext, attempt: Attempt, result: Sha): Promise<void> {
  const { git } = context;
  const { path, branch } = attempt.worker.worktree;
  const ref = `refs/heads/${branch}`;
  const tip = await readRef(git, path, ref);
  if (tip !== null && !(await isAncestor(git, path, tip, result))) return;
  await changeRefs(git, path, [{ ref, old: 'any', next: result }]);
  await git.text(path, ['symbolic-ref', 'HEAD', ref]);
}

async function fileBug(
  context: QueueContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
  reason: string,
): Promise<TaskId | null> {
  const { queue, events } = context;
  const { worker, task, base } = attempt;
  const trunk = outcome.conflict?.onto ?? events.state.trunk ?? base;
  const facts = {
    run: context.run,
    worker: worker.worker,
    task,
    reason,
    files: outcome.conflict ? outcome.files : [],
    others: outcome.conflict ? await tasksThatChanged(context, base, trunk, outcome.files) : [],
    path: worker.worktree.path,
    branch: worker.worktree.branch,
    landing_branch: context.start.branch,
    trunk: trunkBranch(context.run),
    trunk_sha: trunk,
    messages: outcome.conflict?.messages ?? '',
    conflict: outcome.conflict !== null,
    close_command: QUEUE_COMMANDS[queue.kind].close('<the id of this task>'),
  };
  try {
    const bug = await queue.create(conflictBug(facts));
    await queue.addDependency(task.id, bug);
    return bug;
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const text = `No task could be filed for ${task.id}, whose work waits in ${worker.worktree.path}: ${error.message}`;
    events.note({ type: 'notice', level: 'warning', text });
    return null;
  }
}

/** The tasks whose merges, since the attempt began, changed the files. */
async function tasksThatChanged(
  context: QueueContext,
  base: Sha,
  trunk: Sha,
  files: readonly string[],
): Promise<string[]> {
  const { git, places } = context;
  const format = '--format=%(trailers:key=Hew-Task,valueonly)';
  const range = ['log', '--first-parent', format, `${base}..${trunk}`, '--'];
  const answer = await git.text(places.home, [...range, ...files.map((file) => `:(top,literal)${file}`)]);
  return [...new Set(answer.split('\n').filter((line) => line !== ''))].sort();
}

/** The commit at HEAD, if the work has one and git still finds the worktree. */
async function committedWork({ git }: QueueContext, { worker, base }: Attempt): Promise<Sha | null> {
  if (!(await isIntact(git, worker.worktree))) return null;
  const { head } = await readStatus(git, worker.worktree.path);
  return head === base ? null : head;
}
