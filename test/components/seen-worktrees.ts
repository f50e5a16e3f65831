import { runIdSchema } from '../../source/engine/ids.js';
import type {
  SeenWorktree,
  WorktreeSource,
  WorktreesView,
} from '../../source/engine/prune/seen-worktrees.js';

export const PAST_RUN = runIdSchema.parse('loop-20261121T090000Z-0a0b0c01');

/** A worktree of a run that has ended, with two commits and a file that nothing else keeps. */
export function seenWorktree(worker: number, fields: Partial<SeenWorktree> = {}): SeenWorktree {
  return {
    run: PAST_RUN,
    worker,
    path: `/home/ada/.hew/wt/${PAST_RUN}/${worker}`,
    branch: `loop/${PAST_RUN}/w${worker}`,
    project: 'tea-shop',
    standing: { kind: 'orphan', why: 'its run has ended' },
    contents: { bytes: 38_000_000, unkept_commits: 2, uncommitted: 1 },
    prune: { kind: 'yes' },
    fate: { kind: 'there' },
    ...fields,
  };
}

/** One that hew does not remove. */
export function keptWorktree(
  worker: number,
  kind: Exclude<SeenWorktree['standing']['kind'], 'orphan'>,
  why: string,
): SeenWorktree {
  const standing = kind === 'foreign' ? { kind, why, state: 'orphan' as const } : { kind, why };
  return seenWorktree(worker, { standing, prune: { kind: 'no', why } });
}

/** Tells a screen of the worktrees that a test gives it. */
export class GivenWorktrees implements WorktreeSource {
  readonly pruned: string[] = [];
  #onChange: ((view: WorktreesView) => void) | null = null;
  #view: WorktreesView = { kind: 'listing' };

  /** Whether a screen looks on. */
  get isOpen(): boolean {
    return this.#onChange !== null;
  }

  tell(worktrees: readonly SeenWorktree[]): void {
    this.#view = { kind: 'listed', worktrees };
    this.#onChange?.(this.#view);
  }

  open(onChange: (view: WorktreesView) => void): Disposable {
    this.#onChange = onChange;
    onChange(this.#view);
    return { [Symbol.dispose]: () => (this.#onChange = null) };
  }

  prune(paths: readonly string[]): void {
    this.pruned.push(...paths);
  }
}
