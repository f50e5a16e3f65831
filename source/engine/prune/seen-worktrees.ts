import type { RunId } from '../ids.js';
import type { WorktreeContents } from './inspect-worktree.js';
import type { Pruned } from './prune-worktree.js';
import type { mayPrune, Standing } from './worktree-standing.js';

/** What has become of a worktree since it was listed. */
export type WorktreeFate =
  | { readonly kind: 'there' }
  /** What it holds is being salvaged, then it is removed. */
  | { readonly kind: 'removing' }
  | Pruned;

/** A worktree as a screen shows it. */
export interface SeenWorktree {
  readonly run: RunId;
  /** Null where its folder is named by no worker. */
  readonly worker: number | null;
  /** This names it. */
  readonly path: string;
  /** Empty when git does not tell. */
  readonly branch: string;
  /** Null when nothing says which project it belongs to. */
  readonly project: string | null;
  readonly standing: Standing;
  /** `unreadable` also where it is another project's git that would have to be asked. */
  readonly contents: WorktreeContents | 'measuring' | 'unreadable';
  /** Whether it may be removed when it alone is asked for. */
  readonly prune: ReturnType<typeof mayPrune>;
  readonly fate: WorktreeFate;
}

/** What is known of the worktrees. Immutable. */
export type WorktreesView =
  | { readonly kind: 'listing' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'listed'; readonly worktrees: readonly SeenWorktree[] };

/** Where a screen gets the worktrees, and whom it asks to remove them. */
export interface WorktreeSource {
  /** Lists all there are, then looks into each, and tells of every change until it is disposed of. One at a time. */
  open(onChange: (view: WorktreesView) => void): Disposable;
  /** Removes these of those that were listed last, one after the other, whether somebody looks on or not. */
  prune(paths: readonly string[]): void;
}
