import type { SeenWorktree } from '../engine/prune/seen-worktrees.js';
import { stateOf } from '../engine/prune/worktree-standing.js';
import { salvageName } from '../engine/salvage-name.js';
import { formatBytes, formatCount } from '../reporters/formats.js';
import { fit, screenText } from './screen-text.js';

/** From so many columns on there is room for a run's whole id. */
const WIDE = 120;

interface Cells {
  readonly state: string;
  readonly run: string;
  readonly worker: string;
  readonly size: string;
  readonly commits: string;
  readonly files: string;
  readonly project: string;
  readonly why: string;
}

const HEADING: Cells = {
  state: 'state',
  run: 'run',
  worker: 'worker',
  size: 'size',
  commits: 'commits',
  files: 'files',
  project: 'project',
  why: 'why',
};

/** What the columns are, on a screen of so many columns. Pure. */
export function worktreeHeading(columns: number): string {
  return line(HEADING, columns);
}

/** A worktree as a row of a screen of so many columns. Pure. */
export function worktreeRow(worktree: SeenWorktree, columns: number): string {
  const { run, worker, project, contents } = worktree;
  const known = typeof contents === 'string' ? null : contents;
  const unknown = contents === 'measuring' ? '…' : '?';
  // Nothing of another project is asked of its git.
  const work = worktree.standing.kind === 'foreign' ? null : known;
  return line(
    {
      state: stateNow(worktree),
      run: columns >= WIDE ? run : run.slice(-8),
      worker: worker === null ? '?' : `w${worker}`,
      size: known === null || known.bytes === null ? unknown : formatBytes(known.bytes),
      commits: String(work?.unkept_commits ?? unknown),
      files: String(work?.uncommitted ?? unknown),
      project: screenText(project ?? '?'),
      why: screenText(whyOf(worktree)),
    },
    columns,
  );
}

/** All of a worktree that its row may have cut. Pure. */
export function worktreeDetails(worktree: SeenWorktree): readonly string[] {
  const { path, branch } = worktree;
  const held = `branch ${branch || '?'}`;
  return [screenText(path), screenText(held), screenText(whyOf(worktree))];
}

/** What is told before these worktrees are removed. Pure. */
export function pruneQuestion(going: readonly SeenWorktree[]): { title: string; lines: readonly string[] } {
  const [only] = going;
  const title =
    only && going.length === 1
      ? `Remove w${only.worker ?? '?'} of ${only.run}?`
      : `Remove ${formatCount(going.length, 'orphan')} of this project?`;
  const parked = going.filter(({ standing }) => standing.kind === 'parked');
  return {
    title,
    lines: [
      ...parked.map(parkedNote),
      ...holdings(going),
      '',
      'y  salvage and remove      n  leave all as it is',
    ],
  };
}

/** A person was meant to look at it. */
function parkedNote({ standing }: SeenWorktree): string {
  return screenText(`PARKED: ${standing.why}.`);
}

function holdings(going: readonly SeenWorktree[]): readonly string[] {
  const known = going.flatMap(({ contents }) => (typeof contents === 'string' ? [] : [contents]));
  const commits = known.reduce((sum, each) => sum + each.unkept_commits, 0);
  const files = known.reduce((sum, each) => sum + each.uncommitted, 0);
  const bytes = known.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const unknown = going.length - known.length;
  const held = [
    ...(commits > 0 ? [formatCount(commits, 'commit')] : []),
    ...(files > 0 ? [formatCount(files, 'uncommitted file')] : []),
    ...(unknown > 0 ? [`what ${formatCount(unknown, 'worktree')} not yet measured may hold`] : []),
  ];
  const frees = `It frees ${formatBytes(bytes)}${unknown > 0 ? ' and more' : ''}. Branches stay. Files that git ignores go.`;
  if (held.length === 0) return ['They hold nothing that is not kept elsewhere.', frees];
  return [
    `Salvaged first, under refs/hew/salvage: ${held.join(', ')}.`,
    'To see and restore it: hew loop salvage list.',
    frees,
  ];
}

function line(cells: Cells, columns: number): string {
  const { state, run, worker, size, commits, files, project, why } = cells;
  return [
    fit(state, 8),
    fit(run, columns >= WIDE ? 30 : 8),
    fit(worker, 6),
    size.padStart(7),
    commits.padStart(7),
    files.padStart(5),
    fit(project, columns >= WIDE ? 16 : 12),
    why,
  ].join(' ');
}

function stateNow({ fate, standing }: SeenWorktree): string {
  return fate.kind === 'removed' || fate.kind === 'removing' ? fate.kind : stateOf(standing);
}

function whyOf({ fate, standing }: SeenWorktree): string {
  switch (fate.kind) {
    case 'there':
      return standing.why;
    case 'removing':
      return 'what it holds is salvaged, then it is removed';
    case 'removed':
      return fate.salvage === null
        ? 'it held nothing to salvage'
        : `its work: hew loop salvage show ${salvageName(fate.salvage)}`;
    case 'left':
      return `left as it is: ${fate.why}`;
  }
}
