import pLimit from 'p-limit';
import { systemClock } from '../../engine/clock.js';
import { millisecondsOf } from '../../engine/duration.js';
import { GitError } from '../../engine/git/git.js';
import type { RunId } from '../../engine/ids.js';
import type { Project } from '../../engine/open-project.js';
import { plainText } from '../../engine/plain-text.js';
import { inspectWorktree, type WorktreeContents } from '../../engine/prune/inspect-worktree.js';
import { type ListedWorktree, listWorktrees } from '../../engine/prune/list-worktrees.js';
import { removeBranches, type SpentBranch, spentBranches } from '../../engine/prune/prune-branches.js';
import { type Pruned, pruneWorktree } from '../../engine/prune/prune-worktree.js';
import { mayPrune, stateOf } from '../../engine/prune/worktree-standing.js';
import { type ExitCode, Refusal } from '../command.js';
import { type FlagValues, parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { projectHere, typedRunId } from '../project-here.js';
import { applyLine, type PruneRow, pruneTable } from './prune-table.js';

const HELP = `
hew loop prune-worktrees [flags]    shows what runs have left on disk, and removes it with --apply

Without --apply nothing is changed. Only worktrees of this project whose run is not alive are removed, and what they hold
that nothing else keeps, untracked files included (ignored ones not), is salvaged first: hew loop salvage list.

      --apply                do it
      --run <run-id>         only what this run has left; its parked workers, too, which are kept else
      --older-than <time>    only what no run has touched for so long: 12h, 7d
      --branches             delete branches of runs, too, if all that they hold is on a branch of yours
      --all-projects         list the worktrees of every project; goes with nothing that removes
      --json                 print it as JSON

It ends with 0, or with 1 when something that should have gone had to stay.
`;

const FLAGS = {
  apply: { type: 'boolean' },
  run: { type: 'string' },
  olderThan: { type: 'string' },
  branches: { type: 'boolean' },
  allProjects: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** So many worktrees are looked into at once: each needs a few children. */
const AT_ONCE = 4;

/** `hew loop prune-worktrees`: what runs have left on disk, and its end. */
export async function pruneWorktrees(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: FLAGS });
  if (parsed.kind === 'help') return 0;
  const { flags } = parsed;
  if (flags.allProjects && (flags.apply || flags.branches)) {
    throw new Refusal('--all-projects only lists. Go to the project whose worktrees are to be removed.');
  }
  const limits = limitsOf(flags);
  const project = await projectHere();
  const rows = await rowsOf(project, limits, flags.allProjects ?? false);
  if (limits.run !== null && rows.length === 0 && !flags.branches) {
    throw new Refusal(`${limits.run} has left no worktree here.`);
  }
  const freed = new Set(rows.flatMap((row) => (row.goes ? (row.listed.listing?.branch ?? []) : [])));
  const branches = flags.branches ? await spentBranches(project, { ...limits, freed }, new Date()) : [];
  if (flags.apply) return apply(project, rows, limits, flags);
  if (flags.json) printJson({ worktrees: rows.map((row) => rowJson(row)), branches });
  else printLines(pruneTable(rows, branches));
  return 0;
}

interface Limits {
  readonly run: RunId | null;
  readonly older_than_ms: number | null;
}

function limitsOf({ run, olderThan }: FlagValues<typeof FLAGS>): Limits {
  const older_than_ms = olderThan === undefined ? null : millisecondsOf(olderThan.trim());
  if (olderThan !== undefined && older_than_ms === null) {
    throw new Refusal(
      `--older-than must be a length of time such as 12h or 7d, not "${plainText(olderThan)}".`,
    );
  }
  return { run: run === undefined ? null : typedRunId(run), older_than_ms };
}

async function rowsOf(project: Project, limits: Limits, all_projects: boolean): Promise<PruneRow[]> {
  const listed = await listWorktrees(project, { all_projects });
  const shown = listed.filter(({ run }) => limits.run === null || run === limits.run);
  const turn = pLimit(AT_ONCE);
  return Promise.all(
    shown.map((each) =>
      turn(async () => {
        const idle_ms = Date.now() - each.heard_of.getTime();
        const { older_than_ms } = limits;
        const may = mayPrune(each.standing, idle_ms, { named: limits.run !== null, older_than_ms });
        const why = may.kind === 'yes' ? each.standing.why : may.why;
        return { listed: each, goes: may.kind === 'yes', why, contents: await contentsOf(project, each) };
      }),
    ),
  );
}

async function contentsOf(project: Project, listed: ListedWorktree): Promise<WorktreeContents | null> {
  return inspectWorktree(project, listed).catch((error: unknown) => {
    if (error instanceof GitError) return null;
    throw error;
  });
}

async function apply(
  project: Project,
  rows: readonly PruneRow[],
  limits: Limits,
  flags: FlagValues<typeof FLAGS>,
): Promise<ExitCode> {
  const done: { row: PruneRow; pruned: Pruned }[] = [];
  for (const row of rows.filter(({ goes }) => goes)) {
    const pruned = await pruneWorktree(project, systemClock, row.listed);
    done.push({ row, pruned });
    if (!flags.json) printLines([applyLine(row, pruned)]);
  }
  const none = { ...limits, freed: new Set<string>() };
  const spent = flags.branches ? await spentBranches(project, none, new Date()) : [];
  const gone = await removeBranches(project, spent);
  if (flags.json) printApplied(rows, done, gone);
  else printLines(afterwards(rows, done.length, gone));
  const stayed = done.some(({ pruned }) => pruned.kind === 'left') || gone.length < spent.length;
  return stayed ? 1 : 0;
}

function afterwards(rows: readonly PruneRow[], done: number, gone: readonly SpentBranch[]): string[] {
  const kept = rows.filter(({ goes }) => !goes).map(({ listed, why }) => `kept     ${listed.path}: ${why}`);
  const branches = gone.map(({ branch, sha }) => `deleted  ${branch} (was ${sha.slice(0, 12)})`);
  return [...kept, ...branches, ...(done + gone.length === 0 ? ['There is nothing to remove.'] : [])];
}

function printApplied(
  rows: readonly PruneRow[],
  done: readonly { readonly row: PruneRow; readonly pruned: Pruned }[],
  branches: readonly SpentBranch[],
): void {
  const prunedOf = (row: PruneRow): Pruned | null => done.find((each) => each.row === row)?.pruned ?? null;
  printJson({ worktrees: rows.map((row) => ({ ...rowJson(row), pruned: prunedOf(row) })), branches });
}

function rowJson({ listed, goes, why, contents }: PruneRow): object {
  const { run, worker, path, project, standing, listing } = listed;
  const branch = listing?.branch ?? null;
  return {
    run,
    worker,
    path,
    project,
    branch,
    standing: standing.kind,
    state: stateOf(standing),
    why,
    goes,
    ...contents,
  };
}
