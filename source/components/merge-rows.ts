import type { TaskId } from '../engine/ids.js';
import type { RunState, SlotState } from '../engine/state.js';
import { formatClock, formatCount, shortSha } from '../reporters/formats.js';
import { fit, screenText } from './screen-text.js';

/** A merge that is to come, or one that was made or tried. */
export interface MergeRow {
  readonly kind: 'waits' | 'merging' | 'merged' | 'conflict' | 'caught up';
  /** An ISO date: since when it waits, or when it was done. */
  readonly at: string;
  /** Null where it is no task's. */
  readonly task: TaskId | null;
  readonly title: string;
  /** `w3`, with the run's last digits where it is another run's; empty where it is no worker's. */
  readonly worker: string;
  readonly files: readonly string[];
  /** The commit in trunk, or with one job on the branch; null where there is none. */
  readonly sha: string | null;
}

/** Who merges and who waits for that, in their order, then what was, the newest first. Pure. */
export function mergeRows(state: RunState): readonly MergeRow[] {
  const coming = state.slots
    .flatMap((slot) => comingRow(slot, state))
    .sort((one, other) => one.at.localeCompare(other.at));
  const merging = coming.filter(({ kind }) => kind === 'merging');
  const waiting = coming.filter(({ kind }) => kind === 'waits');
  return [...merging, ...waiting, ...pastRows(state).toReversed()];
}

function comingRow({ activity, worker }: SlotState, { tasks }: RunState): readonly MergeRow[] {
  if (activity.kind !== 'working' || (activity.step !== 'merge_turn' && activity.step !== 'merge')) return [];
  const { task, merge, since } = activity;
  return [
    {
      kind: activity.step === 'merge' ? 'merging' : 'waits',
      at: merge.state === 'running' ? merge.since : since,
      task,
      title: screenText(tasks.get(task)?.title ?? ''),
      worker: worker === null ? '' : `w${worker}`,
      files: [],
      sha: null,
    },
  ];
}

function pastRows({ history, tasks, run }: RunState): MergeRow[] {
  return history.map((step) => {
    const { at, sha } = step;
    if (step.kind === 'caught_up') {
      const title = screenText(`what was new on ${run?.starting_branch ?? 'the starting branch'}`);
      return { kind: 'caught up', at, task: null, title, worker: '', files: [], sha };
    }
    const { kind, task, files } = step;
    const ofRun = step.run === null || step.run === run?.run_id ? '' : ` ${step.run.slice(-8)}`;
    const title = screenText(tasks.get(task)?.title ?? '');
    return { kind, at, task, title, worker: `w${step.worker}${ofRun}`, files, sha };
  });
}

/** What the columns are, on a screen of so many columns. Pure. */
export function mergeHeading(columns: number): string {
  return line(['state', 'time', 'task', 'worker', 'files', 'title'], columns);
}

/** A merge as a row of a screen of so many columns. Pure. */
export function mergeLine({ kind, at, task, worker, files, title }: MergeRow, columns: number): string {
  const count = files.length === 0 ? '' : formatCount(files.length, 'file');
  return line([kind, formatClock(at), task ?? '', worker, count, title], columns);
}

/** All of a merge that its row may have cut. Pure. */
export function mergeDetails({ task, title, worker, files, sha }: MergeRow): readonly string[] {
  const commit = sha === null ? 'nothing of it is merged' : `commit ${shortSha(sha)}`;
  return [
    [task, title].filter(Boolean).join('  '),
    [commit, worker].filter(Boolean).join('  '),
    screenText(files.join('  ')),
  ];
}

type Cells = readonly [
  kind: string,
  time: string,
  task: string,
  worker: string,
  files: string,
  title: string,
];

function line([kind, time, task, worker, files, title]: Cells, columns: number): string {
  const wide = columns >= 120;
  return [
    fit(kind, 9),
    fit(time, 8),
    fit(task, wide ? 24 : 14),
    fit(worker, wide ? 13 : 6),
    fit(files, 9),
    title,
  ].join(' ');
}
