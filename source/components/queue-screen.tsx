import { type ReactElement, useMemo } from 'react';
import type { LiveSnapshot } from '../engine/live-view.js';
import { formatCount } from '../reporters/formats.js';
import type { ScreenSize } from './draw-screen.js';
import { ListScreen } from './list-screen.js';
import { keepInList, listPage, type ListState } from './list-state.js';
import { queueDetails, queueHeading, queueLine, queueRows } from './queue-rows.js';

interface QueueScreenProps extends ScreenSize {
  readonly live: LiveSnapshot;
  readonly list: ListState;
  readonly message: string | null;
}

/** The queue as the run sees it. */
export function QueueScreen({ columns, rows, live, list, message }: QueueScreenProps): ReactElement {
  const { queue, state } = live;
  const tasks = useMemo(() => (queue === null ? [] : queueRows(queue, state)), [queue, state]);
  const place = keepInList(list, { count: tasks.length, page: listPage(rows) });
  const selected = tasks[place.selected];
  const unlisted = queue?.unlisted ?? 0;
  return (
    <ListScreen
      columns={columns}
      rows={rows}
      title={unlisted === 0 ? 'queue' : `queue (${formatCount(unlisted, 'further task')} not listed)`}
      heading={queueHeading(columns)}
      count={tasks.length}
      place={place}
      row={(index) => (tasks[index] ? queueLine(tasks[index], columns) : '')}
      empty={queue === null ? 'The queue was not looked at yet.' : 'The queue has no task.'}
      details={selected ? queueDetails(selected) : []}
      message={message}
      keys="m merges   o worktrees"
    />
  );
}
