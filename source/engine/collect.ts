import type { Attempt } from './attempt.js';
import { type Change, findCollectedProblems, parseChanges } from './git/collected-problems.js';
import { type Git, GitError } from './git/git.js';
import { parseStatus, type Status, STATUS_COMMAND } from './git/status.js';
import { IDENTITY_COMMAND, identityOf, operationInProgress, type Worktree } from './git/worktree.js';
import { shaSchema, type Sha } from './ids.js';
import { plainText } from './plain-text.js';
import { NOT_INTACT } from './prepare.js';
import type { RunContext } from './run-context.js';

/** The one commit that an agent's work comes to. */
export interface CollectedWork {
  readonly kind: 'collected';
  readonly result: Sha;
  readonly tree: Sha;
  readonly base_tree: Sha;
  /** The paths in which it differs from its base. */
  readonly files: readonly string[];
  /** Whether the worker's branch is known to hold nothing that the result does not. */
  readonly holds_branch: boolean;
}

/** What an agent has left behind. */
export type Collected =
  | CollectedWork
  | { readonly kind: 'failed'; readonly end: 'operation_in_progress' | 'base_lost'; readonly reason: string }
  /** Only a person can tell what is to become of it: nothing may be reset or removed. */
  | { readonly kind: 'parked'; readonly reason: string };

/**
 * Makes one commit of what the agent has done: its HEAD, on whatever branch that is, and what it left uncommitted.
 * Moves no branch but, with one job, the starting one.
 */
export async function collectWork(context: RunContext, attempt: Attempt): Promise<Collected> {
  const { git, carried } = context;
  const { worker, base } = attempt;
  const { worktree } = worker;
  const looked = await look(git, worktree, base);
  if (looked === null) return { kind: 'parked', reason: NOT_INTACT };
  const { status, stands_on_base, work, committed } = looked;
  const operation = await operationInProgress(worktree.git_dir);
  if (operation) {
    const reason = `a ${operation} was left in progress in the worktree`;
    return { kind: 'failed', end: 'operation_in_progress', reason };
  }
  const { head } = status;
  if (head === null || work === null || !stands_on_base) {
    const at = head === null ? 'a branch without a commit' : head.slice(0, 10);
    const reason = `the work does not stand on ${base.slice(0, 10)}, which it was started from: HEAD is ${at}`;
    return { kind: 'failed', end: 'base_lost', reason };
  }
  if (context.serial && status.branch !== worktree.branch) {
    return { kind: 'parked', reason: `the checkout is no longer on ${worktree.branch}, where the run began` };
  }
  const problems = await findCollectedProblems(git, worktree, {
    base,
    carried: [...carried.copied, ...carried.linked],
    status,
    ...(committed ? { committed } : {}),
  });
  if (problems.length > 0) return { kind: 'parked', reason: problems.join('; ') };
  if (status.entries.length === 0) return work;
  await commitRest(context, attempt, head);
  return parseWork(await git.outputs(worktree.path, workCommands(base)), work.holds_branch).work;
}

interface Look {
  readonly status: Status;
  readonly stands_on_base: boolean;
  /** HEAD as the result; null when it has no commit or stands elsewhere. */
  readonly work: CollectedWork | null;
  /** What the commits change, where one look tells that: not when there are several. */
  readonly committed: readonly Change[] | null;
}

/** One look at the worktree; null when git no longer finds it as it was made. */
async function look(git: Git, worktree: Worktree, base: Sha): Promise<Look | null> {
  const commands = [IDENTITY_COMMAND, STATUS_COMMAND];
  try {
    const [identity, status, missing, commits, ...rest] = await git.outputs(worktree.path, [
      ...commands,
      ['rev-list', '--count', '--max-count=1', `HEAD..${base}`],
      ['rev-list', '--count', '--max-count=2', `${base}..HEAD`],
      ...workCommands(base),
    ]);
    if (!status || identity?.toString() !== identityOf(worktree)) return null;
    const parsed = parseStatus(status);
    const { work, changes } = parseWork(rest, parsed.branch === worktree.branch);
    return {
      status: parsed,
      stands_on_base: missing?.toString().trim() === '0',
      work,
      committed: Number(commits?.toString()) < 2 ? changes : null,
    };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.args[0] === IDENTITY_COMMAND[0] && error.args.includes('--show-toplevel')) return null;
    if (error.args[0] === STATUS_COMMAND[0]) throw error;
    // A HEAD without a commit, or a base that is gone from the repository.
    const [identity, status] = await git.outputs(worktree.path, commands);
    if (!status || identity?.toString() !== identityOf(worktree)) return null;
    return { status: parseStatus(status), stands_on_base: false, work: null, committed: null };
  }
}

/** Commits what the agent left uncommitted. */
async function commitRest(context: RunContext, { worker, task }: Attempt, head: Sha): Promise<void> {
  const commit = ['commit', '--quiet', '--no-verify', '--allow-empty', '--cleanup=verbatim', '-F', '-'];
  // What a checkout would not write so, by its line endings or its place outside of a sparse one, is work all the same.
  const add = ['-c', 'core.safecrlf=false', 'add', '--all', '--sparse', '--', '.'];
  // Whatever branch the agent went to, it must not move by hew's commit.
  const detach = context.serial ? [] : [['update-ref', '--no-deref', 'HEAD', head]];
  await context.git.outputs(worker.worktree.path, [...detach, add, commit], {
    input: `${task.id}: ${plainText(task.title)}\n`,
  });
}

/** What {@link parseWork} reads: HEAD, its tree and that of the base, and all that differs between them. */
function workCommands(base: Sha): string[][] {
  return [
    ['rev-parse', 'HEAD', 'HEAD^{tree}', `${base}^{tree}`],
    ['diff-tree', '-r', '-z', '--no-renames', '--raw', base, 'HEAD'],
  ];
}

function parseWork(
  outputs: readonly Buffer[],
  holds_branch: boolean,
): { work: CollectedWork; changes: Change[] } {
  const [names = '', raw = ''] = outputs.map((output) => output.toString());
  const [result, tree, base_tree] = names
    .trim()
    .split('\n')
    .map((line) => shaSchema.parse(line));
  if (!result || !tree || !base_tree) throw new Error(`internal: git rev-parse answered ${names}`);
  const changes = parseChanges(raw);
  const files = changes.map(({ path }) => path);
  return { work: { kind: 'collected', result, tree, base_tree, files, holds_branch }, changes };
}
