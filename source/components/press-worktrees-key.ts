import type { SeenWorktree, WorktreesView } from '../engine/prune/seen-worktrees.js';
import { formatCount } from '../reporters/formats.js';
import type { ListState } from './list-state.js';

/** What is asked of those that show the worktrees. */
export type WorktreesCommand =
  /** They are listed and measured anew. */
  | { readonly type: 'open' }
  | { readonly type: 'leave' }
  | { readonly type: 'prune'; readonly paths: readonly string[] };

/** What a key over the worktrees leads to. */
export interface PressedWorktrees {
  readonly list: ListState;
  readonly message: string | null;
  readonly command: WorktreesCommand | null;
}

/** What a key does over the worktrees, moving apart; null when it means nothing there. Pure. */
export function pressWorktreesKey(
  list: ListState,
  key: string,
  view: WorktreesView | null,
): PressedWorktrees | null {
  const only = (message: string | null): PressedWorktrees => ({ list, message, command: null });
  const ask = (asked: readonly string[] | null): PressedWorktrees => ({
    ...only(null),
    list: { ...list, asked },
  });
  if (list.asked !== null) return answer(list, list.asked, key);
  if (key === 'r') return { ...only('looked at anew'), command: { type: 'open' } };
  if (key !== 'x' && key !== 'X') return null;
  if (view?.kind !== 'listed') return only(`${key} cannot be used now: the worktrees are not listed yet`);
  if (key === 'X') {
    const orphans = view.worktrees.filter(isOrphan).map(({ path }) => path);
    return orphans.length > 0 ? ask(orphans) : only('this project has no orphan to remove');
  }
  const selected = view.worktrees[list.selected];
  const why = selected ? whyNot(selected) : 'there is no worktree';
  return selected && why === null ? ask([selected.path]) : only(`x cannot be used now: ${why}`);
}

function answer(list: ListState, asked: readonly string[], key: string): PressedWorktrees {
  const closed = { ...list, asked: null };
  switch (key) {
    case 'y':
    case 'Y': {
      const message = `${formatCount(asked.length, 'worktree')} will be removed, once salvaged`;
      return { list: closed, message, command: { type: 'prune', paths: asked } };
    }
    case 'n':
    case 'N':
    case 'q':
    case 'escape':
      return { list: closed, message: null, command: null };
    default:
      return { list, message: 'y removes, n leaves all as it is', command: null };
  }
}

/** Whether it goes when all orphans do. */
function isOrphan(worktree: SeenWorktree): boolean {
  return worktree.standing.kind === 'orphan' && whyNot(worktree) === null;
}

/** Why a worktree cannot be removed; null when it can. */
function whyNot({ fate, prune }: SeenWorktree): string | null {
  switch (fate.kind) {
    case 'removing':
      return 'it is being removed';
    case 'removed':
      return 'it is removed already';
    case 'left':
    case 'there':
      return prune.kind === 'yes' ? null : prune.why;
  }
}
