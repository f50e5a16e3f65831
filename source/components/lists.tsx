import type { ReactElement } from 'react';
import type { WorktreesView } from '../engine/prune/seen-worktrees.js';
import { Dialogs } from './dialogs.js';
import type { ScreenSize } from './draw-screen.js';
import { listFooter } from './list-screen.js';
import type { ListState } from './list-state.js';
import { MergesScreen } from './merges-screen.js';
import type { ScreenState } from './press-key.js';
import type { ScreenData } from './screen-data.js';
import { QueueScreen } from './queue-screen.js';
import { WorktreesScreen } from './worktrees-screen.js';

interface ListsProps extends ScreenSize {
  readonly list: ListState;
  readonly data: Omit<ScreenData, 'summary'>;
  /** Null while they are not looked at. */
  readonly worktrees: WorktreesView | null;
  readonly screen: ScreenState;
}

/** The list that is shown in place of the slots, and what is said or asked over it. */
export function Lists({ columns, rows, list, data, worktrees, screen }: ListsProps): ReactElement {
  const size = { columns, rows };
  return (
    <>
      {listOf()}
      <Dialogs screen={screen} live={data.live} footer={listFooter(size)} now={data.now} />
    </>
  );

  function listOf(): ReactElement {
    const common = { ...size, list, message: screen.message?.text ?? null };
    switch (list.kind) {
      case 'merges':
        return <MergesScreen {...common} live={data.live} />;
      case 'queue':
        return <QueueScreen {...common} live={data.live} />;
      case 'worktrees':
        return <WorktreesScreen {...common} view={worktrees ?? { kind: 'listing' }} />;
    }
  }
}
