import { type ReactElement, useMemo } from 'react';
import type { LiveSnapshot } from '../engine/live-view.js';
import type { ScreenSize } from './draw-screen.js';
import { ListScreen } from './list-screen.js';
import { keepInList, listPage, type ListState } from './list-state.js';
import { mergeDetails, mergeHeading, mergeLine, mergeRows, mergeTitle } from './merge-rows.js';

interface MergesScreenProps extends ScreenSize {
  readonly live: LiveSnapshot;
  readonly list: ListState;
  readonly message: string | null;
}

/** The history of trunk, who is about to add to it, and what of that would conflict. */
export function MergesScreen({ columns, rows, live, list, message }: MergesScreenProps): ReactElement {
  const { state, conflicts } = live;
  const merges = useMemo(() => mergeRows(state, conflicts), [state, conflicts]);
  const place = keepInList(list, { count: merges.length, page: listPage(rows) });
  const selected = merges[place.selected];
  return (
    <ListScreen
      columns={columns}
      rows={rows}
      title={mergeTitle(conflicts)}
      heading={mergeHeading(columns)}
      count={merges.length}
      place={place}
      row={(index) => (merges[index] ? mergeLine(merges[index], columns) : '')}
      empty="Nothing was merged yet."
      details={selected ? mergeDetails(selected) : []}
      message={message}
      keys="t queue   o worktrees"
    />
  );
}
