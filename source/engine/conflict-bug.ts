import type { RunId, Sha, TaskId } from './ids.js';
import type { NewTask, Task } from './ports.js';
import { shellWord } from './shell-word.js';

/** The label of the tasks that are filed for a person: agents never take them. */
export const CONFLICT_LABEL = 'merge-conflict';

/** What a parked worker's bug task is written from. */
export interface ConflictFacts {
  readonly run: RunId;
  readonly worker: number;
  readonly task: { readonly id: TaskId; readonly title: string };
  /** Why the worker is parked, in a sentence. */
  readonly reason: string;
  readonly files: readonly string[];
  /** The tasks whose merges changed the same files meanwhile. */
  readonly others: readonly string[];
  /** The worker's worktree and branch. */
  readonly path: string;
  readonly branch: string;
  /** Where trunk lands; null when the run started from a detached HEAD. */
  readonly landing_branch: string | null;
  readonly trunk: string;
  readonly trunk_sha: Sha;
  /** What git said of the conflict. */
  readonly messages: string;
  /** Whether the work merely conflicts, so that a merge in the worktree is the way out. */
  readonly conflict: boolean;
  /** How the queue in use is told that this very task is done. */
  readonly close_command: string;
}

/** Writes the task that tells a person how a parked worker is brought home (LOOP.md §4). Pure. */
export function conflictBug(facts: ConflictFacts): NewTask {
  return {
    title: `${titleBegin(facts.run)}${facts.worker}`,
    issue_type: 'bug',
    priority: 2,
    labels: [CONFLICT_LABEL],
    description: describe(facts),
    acceptance_criteria: `${facts.branch} merges cleanly and passes the gate.`,
  };
}

function titleBegin(run: RunId): string {
  return `[merge-conflict] hew loop run ${run} worker-`;
}

/** The number of the run's worker that the task was filed for; null when it is no such task. Pure. */
export function workerOfBug(task: Pick<Task, 'title' | 'labels'>, run: RunId): number | null {
  const begin = titleBegin(run);
  const number = task.title.slice(begin.length);
  const fits = task.title.startsWith(begin) && /^\d+$/.test(number) && task.labels.includes(CONFLICT_LABEL);
  return fits ? Number(number) : null;
}

function describe(facts: ConflictFacts): string {
  const target = facts.landing_branch ?? facts.trunk;
  const merge = facts.conflict
    ? [
        `    git merge ${shellWord(target)}`,
        '    # resolve what it names, run your tests, then',
        '    git add --all && git commit --no-edit',
      ]
    : ['    git status', '    # remove or commit what stands in the way, run your tests'];
  const lines = [
    `The work of ${facts.task.id} (${facts.task.title}) could not be merged: ${facts.reason}.`,
    '',
    ...(facts.files.length === 0 ? [] : ['Files:', ...facts.files.map((file) => `- ${file}`), '']),
    `Task: ${facts.task.id}, on branch ${facts.branch}`,
    ...(facts.others.length === 0
      ? []
      : [`It meets: ${facts.others.join(', ')}, on branch ${target} once the run has landed`]),
    `Trunk was at: ${facts.trunk_sha}`,
    '',
    facts.conflict
      ? `To resolve it, when the run has landed (while it goes on, merge ${facts.trunk_sha} instead of ${target}):`
      : 'To resolve it:',
    '',
    `    cd ${shellWord(facts.path)}`,
    ...merge,
    `    ${facts.close_command}`,
    '',
    `The run, or the next one's start, then merges ${facts.branch}, runs the gate and closes ${facts.task.id}.`,
    'Nothing of the worktree is removed before.',
    ...(facts.messages === '' ? [] : ['', 'What git said:', '', facts.messages]),
  ];
  return lines.join('\n');
}
