import type { ConflictAhead, ConflictsAhead } from '../engine/conflicts-ahead.js';
import type { RunState, SlotState } from '../engine/state.js';
import { formatClock, formatCount, shortSha } from '../reporters/formats.js';
import { fit, screenText } from './screen-text.js';

/** A merge that is to come, one that was made or tried, or two that cannot both be made as they are. */
export interface MergeRow {
  readonly kind: 'would conflict' | 'waits' | 'merging' | 'merged' | 'conflict' | 'caught up';
  /** An ISO date: since when it waits or would conflict, or when it was done. */
  readonly at: string;
  /** The task, or two; empty where it is no task's. */
  readonly task: string;
  readonly title: string;
  /** `w3`, with the run's last digits where it is another run's; two of them, or one and trunk; empty where it is no worker's. */
  readonly worker: string;
  readonly files: readonly string[];
  /** How many more there are. */
  readonly unlisted: number;
  /** The commit in trunk, or with one job on the branch; null where there is none. */
  readonly sha: string | null;
}

/** Who merges, who waits for that, what would conflict now, then what was, the newest first. Pure. */
export function mergeRows(state: RunState, { conflicts }: ConflictsAhead): readonly MergeRow[] {
  const coming = state.slots
    .flatMap((slot) => comingRow(slot, state))
    .sort((one, other) => one.at.localeCompare(other.at));
  const merging = coming.filter(({ kind }) => kind === 'merging');
  const waiting = coming.filter(({ kind }) => kind === 'waits');
  const ahead = conflicts.map((each) => aheadRow(each, state));
  return [...merging, ...waiting, ...ahead, ...pastRows(state).toReversed()];
}

function aheadRow({ since, one, other, files, unlisted }: ConflictAhead, { tasks }: RunState): MergeRow {
  const sides = [one, ...(other ? [other] : [])];
  const titles = sides.map(({ task }) => screenText(tasks.get(task)?.title ?? ''));
  return {
    kind: 'would conflict',
    at: since,
    task: sides.map(({ task }) => task).join(' '),
    title: titles.join(' / '),
    worker: [...sides.map(({ worker }) => `w${worker}`), ...(other ? [] : ['trunk'])].join(' '),
    files,
    unlisted,
    sha: null,
  };
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
      unlisted: 0,
      sha: null,
    },
  ];
}

function pastRows({ history, tasks, run }: RunState): MergeRow[] {
  return history.map((step) => {
    const { at, sha } = step;
    if (step.kind === 'caught_up') {
      const title = screenText(`what was new on ${run?.starting_branch ?? 'the starting branch'}`);
      return { kind: 'caught up', at, task: '', title, worker: '', files: [], unlisted: 0, sha };
    }
    const { kind, task, files } = step;
    const ofRun = step.run === null || step.run === run?.run_id ? '' : ` ${step.run.slice(-8)}`;
    const title = screenText(tasks.get(task)?.title ?? '');
    return { kind, at, task, title, worker: `w${step.worker}${ofRun}`, files, unlisted: 0, sha };
  });
}

/** What the list is, with why it is not known what would conflict. Pure. */
export function mergeTitle({ reason }: ConflictsAhead): string {
  if (reason === null) return 'merges';
  return `merges (what would conflict is not all known: ${screenText(reason)})`;
}

/** What the columns are, on a screen of so many columns. Pure. */
export function mergeHeading(columns: number): string {
  return line(['state', 'time', 'task', 'worker', 'files', 'title'], columns);
}

/** A merge as a row of a screen of so many columns. Pure. */
export function mergeLine(
  { kind, at, task, worker, files, unlisted, title }: MergeRow,
  columns: number,
): string {
  const all = files.length + unlisted;
  const count = all === 0 ? '' : formatCount(all, 'file');
  return line([kind, formatClock(at), task, worker, count, title], columns);
}

const WITHOUT_COMMIT: Readonly<Record<MergeRow['kind'], string>> = {
  'would conflict': 'they would conflict if they were merged now',
  waits: 'not merged yet',
  merging: 'not merged yet',
  merged: 'nothing of it is merged',
  conflict: 'nothing of it is merged',
  'caught up': 'nothing of it is merged',
};

/** All of a merge that its row may have cut. Pure. */
export function mergeDetails({
  kind,
  task,
  title,
  worker,
  files,
  unlisted,
  sha,
}: MergeRow): readonly string[] {
  const commit = sha === null ? WITHOUT_COMMIT[kind] : `commit ${shortSha(sha)}`;
  return [
    [task, title].filter(Boolean).join('  '),
    [commit, worker].filter(Boolean).join('  '),
    screenText([...files, ...(unlisted === 0 ? [] : [`and ${unlisted} more`])].join('  ')),
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
    fit(kind, 14),
    fit(time, 8),
    fit(task, wide ? 24 : 14),
    fit(worker, wide ? 13 : 6),
    fit(files, 9),
    title,
  ].join(' ');
}
