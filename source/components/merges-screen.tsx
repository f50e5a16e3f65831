import { type ReactElement, useMemo } from 'react';
import type { RunState } from '../engine/state.js';
import type { ScreenSize } from './draw-screen.js';
import { ListScreen } from './list-screen.js';
import { keepInList, listPage, type ListState } from './list-state.js';
import { mergeDetails, mergeHeading, mergeLine, mergeRows } from './merge-rows.js';

interface MergesScreenProps extends ScreenSize {
  readonly state: RunState;
  readonly list: ListState;
  readonly message: string | null;
}

/** The history of trunk, and who is about to add to it. */
export function MergesScreen({ columns, rows, state, list, message }: MergesScreenProps): ReactElement {
  const merges = useMemo(() => mergeRows(state), [state]);
  const place = keepInList(list, { count: merges.length, page: listPage(rows) });
  const selected = merges[place.selected];
  return (
    <ListScreen
      columns={columns}
      rows={rows}
      title="merges"
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
