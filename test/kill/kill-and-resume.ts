import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DurableEvent } from '../../source/engine/events.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { checkoutHashes } from '../e2e/checkout-hashes.js';
import { queueOf } from '../e2e/loop-run.js';
import type { GitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { checkInvariants } from '../state-invariants.js';
import { type KillProject, makeKillProject, TITLES } from './kill-project.js';

/** Where a run is killed, and where each resume after it: `append 17`, `during 4`. */
export type KillPlan = readonly string[];

/** What a landed tree holds: a task's own files, by what the task does. */
const EXPECTED_FILES = [
  '.hew.toml',
  'README.md',
  'shared.txt',
  ...TITLES.flatMap((title, index) => {
    const file = `work/app-${index + 1}`;
    if (['always-red', 'empty', 'blocked', 'eleven', 'twelve'].includes(title)) return [];
    return title === 'commits-twice' ? [file, `${file}.more`] : [file];
  }),
].sort();

/** How the kills went. */
export interface KillReport {
  /** How many of the plan's points were met. */
  readonly killed: number;
}

/**
 * Kills a run at the first point and each resume at the next, resumes it once more to its end, and asserts that nothing
 * was lost, nothing is left running, and that the landed tree is that of an undisturbed run.
 */
export async function killAndResume(plan: KillPlan): Promise<KillReport> {
  await using kill = await makeKillProject();
  const { project } = kill;
  const before = await checkoutHashes(project);
  let killed = 0;
  let args: readonly string[] = ['run'];
  for (const point of plan) {
    const end = await kill.hew(args, point);
    if (!end.killed) break;
    killed += 1;
    await expectUntouched(project, before);
    args = (await hasBegun(project)) ? ['resume'] : ['run'];
  }
  const last = await journalOf(project);
  if (last?.state.finished === undefined || last.state.finished === null) {
    const end = await kill.hew(args);
    expect({ code: end.exit_code, output: end.output }).toEqual({ code: 1, output: end.output });
  }
  await expectWhole(kill);
  return { killed };
}

export async function runIds(project: GitProject): Promise<string[]> {
  const names = await readdir(join(project.path, '.hew/loop')).catch(() => []);
  return names.filter((name) => name.startsWith('loop-')).sort();
}

/** The journal of the last run that came to start. */
export async function journalOf(project: GitProject): Promise<{
  readonly run: string;
  readonly events: readonly DurableEvent[];
  readonly state: RunState;
} | null> {
  for (const run of (await runIds(project)).toReversed()) {
    const path = join(project.path, '.hew/loop', run, 'events.jsonl');
    const { events } = await readJournal(path).catch(() => ({ events: [] }));
    if (events.length > 0) return { run, events, state: events.reduce(reduce, EMPTY_STATE) };
  }
  return null;
}

async function hasBegun(project: GitProject): Promise<boolean> {
  return (await journalOf(project)) !== null;
}

/** The user's checkout is as it was, unless the run has landed on it. */
export async function expectUntouched(project: GitProject, before: Record<string, string>): Promise<void> {
  const after = await checkoutHashes(project);
  if (after['refs/heads/main'] === before['refs/heads/main'] && !(await isLanding(project)))
    expect(after).toEqual(before);
}

async function isLanding(project: GitProject): Promise<boolean> {
  return (await journalOf(project))?.state.landing.kind === 'started';
}

async function expectWhole(kill: KillProject): Promise<void> {
  const { project } = kill;
  const journal = await journalOf(project);
  if (!journal) throw new Error('no run has ever begun');
  const { run, events, state } = journal;
  for (const id of await runIds(project)) expect(await markedProcesses(id)).toEqual([]);
  expect(state.finished).not.toBeNull();
  expectNoContradiction(events);
  expect(await project.git('status', '--porcelain')).toBe('');
  expect(await project.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  const refs = await project.git('for-each-ref', '--format=%(refname)');
  expect(refs.split('\n').filter((ref) => !/^refs\/(heads\/loop|hew)\//.test(ref))).toEqual([
    'refs/heads/main',
  ]);
  await expectTasks(kill, run);
  await expectTree(kill);
  await expectWorkKept(kill);
}

function expectNoContradiction(events: readonly DurableEvent[]): void {
  let state = EMPTY_STATE;
  for (const [index, event] of events.entries()) {
    state = reduce(state, event);
    const problems = checkInvariants(state);
    const after = problems.length === 0 ? [] : events.slice(Math.max(0, index - 20), index + 1);
    expect({ problems, after }).toEqual({ problems: [], after: [] });
  }
}

/** Every task is told truly: merged exactly once and closed, or open and failed, or held by its bug. */
async function expectTasks(kill: KillProject, run: string): Promise<void> {
  const { project, ids } = kill;
  const { tasks } = await queueOf(project).list();
  const format = '--format=%(trailers:key=Hew-Task,valueonly)';
  const merged = (await project.git('log', '--first-parent', format, 'main'))
    .split('\n')
    .filter((line) => line !== '');
  const told = ids.map((id, index) => {
    const task = tasks.get(id);
    const merges = merged.filter((each) => each === id).length;
    return [TITLES[index], `${task?.status} ${merges} ${task?.labels.join()}`] as const;
  });
  const closed = 'closed 1 ';
  const shared = told.filter(([title]) => title === 'eleven' || title === 'twelve').map(([, what]) => what);
  const rest = told.filter(([title]) => title !== 'eleven' && title !== 'twelve');
  expect(rest).toEqual(
    TITLES.slice(0, -2).map((title) => {
      if (title === 'always-red' || title === 'blocked') return [title, 'open 0 hew-failed'];
      return [title, title === 'empty' ? 'closed 0 ' : closed];
    }),
  );
  const bugs = [...tasks.values()].filter((task) =>
    task.title.startsWith(`[merge-conflict] hew loop run ${run}`),
  );
  if (shared.every((what) => what === closed)) expect(bugs).toEqual([]);
  else {
    expect([...shared].sort()).toEqual([closed, 'in_progress 0 ']);
    expect(bugs).toHaveLength(1);
  }
}

async function expectTree({ project }: KillProject): Promise<void> {
  const listed = await project.git('ls-tree', '-r', 'main');
  const blobs = new Map(
    listed.split('\n').map((line) => {
      const [, blob = '', path = ''] = /^\d+ blob (\w+)\t(.*)$/.exec(line) ?? [];
      return [path, blob] as const;
    }),
  );
  expect([...blobs.keys()].sort()).toEqual(EXPECTED_FILES);
  for (const file of EXPECTED_FILES.filter((path) => path.startsWith('work/')))
    expect([file, blobs.get(file)]).toEqual([file, blobOf(file.endsWith('.more') ? 'more\n' : 'done\n')]);
  const shared = ['eleven\n', 'twelve\n', 'eleven\ntwelve\n'];
  expect(shared.map(blobOf)).toContain(blobs.get('shared.txt'));
  // Trunk was never red: no commit on its own line holds the file that makes the gate so.
  expect(await project.git('log', '--first-parent', '-m', '--format=%H', 'main', '--', 'broken')).toBe('');
}

/** The name by which git keeps a file of this text. */
function blobOf(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

/** What each agent had when it ended, its commits and its files, is reachable from a branch or a salvage. */
export async function expectWorkKept(kill: KillProject): Promise<void> {
  const { project } = kill;
  const lines = (await project.git('log', '--all', '--format=%H %T')).split('\n');
  const commits = new Set(lines.map((line) => line.split(' ')[0]));
  const trees = new Set(lines.map((line) => line.split(' ')[1]));
  const lost = (await kill.notes()).filter(({ head, tree }) => !commits.has(head) || !trees.has(tree));
  expect(lost).toEqual([]);
}
