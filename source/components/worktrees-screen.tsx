import type { ReactElement } from 'react';
import type { WorktreesView } from '../engine/prune/seen-worktrees.js';
import { Dialog } from './dialog.js';
import type { ScreenSize } from './draw-screen.js';
import { listFooter, ListScreen } from './list-screen.js';
import { keepInList, listPage, type ListState } from './list-state.js';
import { pruneQuestion, worktreeDetails, worktreeHeading, worktreeRow } from './worktree-text.js';

interface WorktreesScreenProps extends ScreenSize {
  readonly view: WorktreesView;
  readonly list: ListState;
  readonly message: string | null;
}

/** What runs of all projects have on disk, and what may be removed of it. */
export function WorktreesScreen({ columns, rows, view, list, message }: WorktreesScreenProps): ReactElement {
  const worktrees = view.kind === 'listed' ? view.worktrees : [];
  const place = keepInList(list, { count: worktrees.length, page: listPage(rows) });
  const selected = worktrees[place.selected];
  const going = worktrees.filter(({ path }) => list.asked?.includes(path));
  return (
    <ListScreen
      columns={columns}
      rows={rows}
      title="worktrees"
      heading={worktreeHeading(columns)}
      count={worktrees.length}
      place={place}
      row={(index) => (worktrees[index] ? worktreeRow(worktrees[index], columns) : '')}
      empty={emptyText(view)}
      details={selected ? worktreeDetails(selected) : []}
      message={message}
      keys="x remove   X all orphans"
    >
      {list.asked !== null && <Dialog {...pruneQuestion(going)} footer={listFooter({ columns, rows })} />}
    </ListScreen>
  );
}

function emptyText(view: WorktreesView): string {
  switch (view.kind) {
    case 'listing':
      return 'looks for worktrees …';
    case 'failed':
      return `They cannot be listed: ${view.why}`;
    case 'listed':
      return 'No run has left a worktree.';
  }
}
