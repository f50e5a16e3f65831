import { basename } from 'node:path';
import { salvageName } from '../../engine/salvage-name.js';
import type { WorktreeContents } from '../../engine/prune/inspect-worktree.js';
import type { ListedWorktree } from '../../engine/prune/list-worktrees.js';
import type { SpentBranch } from '../../engine/prune/prune-branches.js';
import { stateOf } from '../../engine/prune/worktree-standing.js';
import type { Pruned } from '../../engine/prune/prune-worktree.js';
import { plainText } from '../../engine/plain-text.js';
import { columns } from '../../reporters/columns.js';
import { formatBytes, formatCount } from '../../reporters/formats.js';

/** A worktree with what is to become of it. */
export interface PruneRow {
  readonly listed: ListedWorktree;
  /** Whether it is to be removed. */
  readonly goes: boolean;
  /** Why it is, or why it is not. */
  readonly why: string;
  /** Null when git could not read it. */
  readonly contents: WorktreeContents | null;
}

/** What a prune would do, as lines. Pure. */
export function pruneTable(rows: readonly PruneRow[], branches: readonly SpentBranch[]): readonly string[] {
  const going = rows.filter(({ goes }) => goes);
  const table =
    rows.length === 0
      ? ['No run has left a worktree.']
      : columns([['WORKTREE', 'PROJECT', 'STATE', 'SIZE', 'TO SALVAGE', 'THEN'], ...rows.map(cells)]);
  const gone = branches.map(({ branch }) => `would delete ${branch}: all of it is on a branch of yours`);
  if (going.length + branches.length === 0) return [...table, ...gone];
  const bytes = going.reduce((sum, { contents }) => sum + (contents?.bytes ?? 0), 0);
  const todo = [
    ...(going.length === 0 ? [] : [`${formatCount(going.length, 'worktree')} (${formatBytes(bytes)})`]),
    ...(branches.length === 0 ? [] : [formatCount(branches.length, 'branch', 'branches')]),
  ].join(' and ');
  return [...table, ...gone, '', `${todo} would go; nothing was changed. The same with --apply does it.`];
}

function cells({ listed, goes, why, contents }: PruneRow): string[] {
  return [
    plainText(`${listed.run}/${basename(listed.path)}`),
    plainText(listed.project ?? '?'),
    stateOf(listed.standing),
    sizeOf(contents) ?? '?',
    toSalvage(contents),
    plainText(`${goes ? 'goes' : 'stays'}: ${why}`),
  ];
}

function sizeOf(contents: WorktreeContents | null): string | null {
  const bytes = contents?.bytes ?? null;
  return bytes === null ? null : formatBytes(bytes);
}

function toSalvage(contents: WorktreeContents | null): string {
  if (contents === null) return '?';
  const { unkept_commits, uncommitted } = contents;
  const parts = [
    ...(unkept_commits === 0 ? [] : [formatCount(unkept_commits, 'commit')]),
    ...(uncommitted === 0 ? [] : [formatCount(uncommitted, 'file')]),
  ];
  return parts.length === 0 ? '-' : parts.join(', ');
}

/** What has become of a worktree, as a line. Pure. */
export function applyLine({ listed, contents }: PruneRow, pruned: Pruned): string {
  if (pruned.kind === 'left') return `left     ${listed.path}: ${pruned.why}`;
  const bytes = sizeOf(contents);
  const size = bytes === null ? '' : ` (${bytes})`;
  const kept =
    pruned.salvage === null
      ? 'it held nothing to salvage'
      : `look at its work: hew loop salvage show ${salvageName(pruned.salvage)}`;
  return `removed  ${listed.path}${size}; ${kept}`;
}
