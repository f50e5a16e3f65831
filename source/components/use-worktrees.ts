import { useEffect, useRef, useState } from 'react';
import type { WorktreeSource, WorktreesView } from '../engine/prune/seen-worktrees.js';
import type { WorktreesCommand } from './press-worktrees-key.js';

/** The worktrees while they are on the screen. */
export interface WorktreesHandle {
  /** Null while they are not. */
  readonly view: WorktreesView | null;
  /** What `view` is by now, even if nothing was drawn since. */
  latest(): WorktreesView | null;
  act(command: WorktreesCommand): void;
}

/** Shows worktrees, and has them removed. */
export function useWorktrees(source: WorktreeSource): WorktreesHandle {
  const open = useRef<Disposable | null>(null);
  const latest = useRef<WorktreesView | null>(null);
  const [view, setView] = useState<WorktreesView | null>(null);
  const show = (next: WorktreesView | null): void => {
    latest.current = next;
    setView(next);
  };
  const close = (): void => {
    open.current?.[Symbol.dispose]();
    open.current = null;
  };
  useEffect(() => () => open.current?.[Symbol.dispose](), []);

  return {
    view,
    latest: () => latest.current,
    act(command) {
      switch (command.type) {
        case 'open':
          close();
          // What was seen before stays until there is something newer.
          show(latest.current ?? { kind: 'listing' });
          open.current = source.open(show);
          return;
        case 'leave':
          close();
          return show(null);
        case 'prune':
          return source.prune(command.paths);
      }
    },
  };
}
