import { renderToString } from 'ink';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { openedList } from '../../source/components/list-state.js';
import { Lists } from '../../source/components/lists.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import type { QueueEntry } from '../../source/engine/queue-entries.js';
import { attempt } from '../example-run.js';
import { taskId } from '../engine/queue/stored-tasks.js';
import { EVIL_TEXTS, EXAMPLE_NOW, LiveExample } from './live-example.js';

function entry(id: string, place: QueueEntry['place'], fields: Partial<QueueEntry> = {}): QueueEntry {
  return { id: taskId(id), title: `Title of ${id}`, priority: 2, place, blockers: [], why: '', ...fields };
}

function linesAt(run: LiveExample, columns: number, rows: number, selected = 0): string[] {
  const list = { ...openedList('queue'), selected };
  const data = { live: run.view.snapshot(), news: [], free_disk_bytes: null, now: EXAMPLE_NOW };
  const lists = (
    <Lists
      columns={columns}
      rows={rows}
      list={list}
      data={data}
      worktrees={null}
      screen={{ ...FIRST_SCREEN, list }}
    />
  );
  return stripVTControlCharacters(renderToString(lists, { columns })).split('\n');
}

describe('QueueScreen', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('shows five thousand tasks at %i×%i, however odd their titles', (columns, rows) => {
    const run = new LiveExample(2);
    const odd = EVIL_TEXTS.map((title, index) => entry(`odd-${index}`, 'ready', { title }));
    const many = Array.from({ length: 5_000 }, (_, index) => entry(`app-${index}`, 'ready'));
    run.queue([...odd, ...many], 3);
    for (const selected of [0, 5_009]) {
      const lines = linesAt(run, columns, rows, selected);
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
      expect(lines[0]).toMatch(/^══ queue \(3 further tasks not listed\) ═+ \d+-\d+ of 5010$/);
      expect(lines.at(-1)).toMatch(/Esc back$/);
    }
    expect(linesAt(run, columns, rows, 5_009).at(-6)).toMatch(/^ ▶ ready +app-4999 /);
  });

  it('tells what the run has made of the tasks since the queue was looked at', () => {
    const run = new LiveExample(2);
    run.queue([
      entry('app-1', 'ready'),
      entry('app-2', 'ready'),
      entry('app-3', 'ready'),
      entry('app-4', 'in_work'),
      entry('app-5', 'blocked', { blockers: ['app-1', 'app-9'] }),
      entry('app-6', 'held', { why: 'skipped by you' }),
      entry('app-7', 'done'),
    ]);
    run.begin(2, 'app-2');
    run.tell(...attempt('app-1', { end: 'merged', fate: 'merged' }));
    const rows = linesAt(run, 80, 24)
      .slice(2, 9)
      .map((line) => line.slice(3).replaceAll(/ +/g, ' ').trimEnd());
    expect(rows).toEqual([
      'in work app-2 P2 Title of app-2 slot 2',
      'in work app-4 P2 Title of app-4 somebody else',
      'ready app-3 P2 Title of app-3',
      'blocked app-5 P2 Title of app-5 by app-1, app-9',
      'held app-6 P2 Title of app-6 skipped by you',
      'done app-1 P2 Title of app-1 merged',
      'done app-7 P2 Title of app-7',
    ]);
  });

  it('says when there is nothing to show', () => {
    const run = new LiveExample(2);
    expect(linesAt(run, 80, 24)[2]).toContain('was not looked at yet');
    run.queue([]);
    expect(linesAt(run, 80, 24)[2]).toContain('has no task');
  });
});
