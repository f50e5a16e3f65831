import { renderToString } from 'ink';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { openedList } from '../../source/components/list-state.js';
import { Lists } from '../../source/components/lists.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import { attempt, exampleSha } from '../example-run.js';
import { EVIL_TEXTS, exampleConflict, EXAMPLE_NOW, LiveExample } from './live-example.js';

function linesAt(run: LiveExample, columns: number, rows: number, selected = 0): string[] {
  const list = { ...openedList('merges'), selected };
  const data = { live: run.view.snapshot(), news: [], free_disk_bytes: null, now: EXAMPLE_NOW };
  const screen = { ...FIRST_SCREEN, list };
  const lists = (
    <Lists columns={columns} rows={rows} list={list} data={data} worktrees={null} screen={screen} />
  );
  return stripVTControlCharacters(renderToString(lists, { columns })).split('\n');
}

/** The slot's work is done, and waits for its turn to merge. */
function queued(run: LiveExample, slot: number, task: string) {
  run.begin(slot, task);
  const work = { slot, worker: slot - 1, task, attempt: 1, iteration: 1 };
  run.tell({ type: 'merge.queued', ...work, result: exampleSha('bbbb') });
  return work;
}

describe('MergesScreen', () => {
  it('tells who merges, who waits, what was merged and what is in conflict', () => {
    const run = new LiveExample(4);
    run.tell(...attempt('app-1', { end: 'merged', fate: 'merged', title: 'Retry in the client' }));
    const conflicting = { slot: 2, worker: 1, task: 'app-2', attempt: 1, iteration: 1 };
    run.begin(2, 'app-2');
    run.tell({
      type: 'merge.finished',
      ...conflicting,
      outcome: 'conflict',
      sha: null,
      files: ['source/client.ts', 'source/time.ts'],
    });
    const [sha, tip] = [exampleSha('cccc'), exampleSha('dddd')];
    run.tell({ type: 'trunk.caught_up', sha, tip });
    const red = { slot: 1, worker: 0, task: 'app-1', attempt: 1, iteration: 1 };
    run.tell({ type: 'merge.finished', ...red, outcome: 'red', sha: null, files: [] });
    queued(run, 3, 'app-3');
    const merging = queued(run, 4, 'app-4');
    run.tell({ type: 'merge.started', ...merging, candidate: sha, onto: tip });
    const rows = linesAt(run, 80, 24)
      .slice(2, 8)
      .map((row) =>
        row
          .slice(3)
          .replaceAll(/ +/g, ' ')
          .replace(/\d\d:\d\d:\d\d/, 'TIME')
          .trimEnd(),
      );
    expect(rows).toEqual([
      'merging TIME app-4 w3 Title of app-4',
      'waits TIME app-3 w2 Title of app-3',
      'caught up TIME what was new on main',
      'conflict TIME app-2 w1 2 files Title of app-2',
      'merged TIME app-1 w0 1 file Retry in the client',
      '',
    ]);
    expect(linesAt(run, 80, 24, 3).slice(-5, -2)).toEqual([
      expect.stringMatching(/^ app-2 {2}Title of app-2/),
      expect.stringMatching(/^ nothing of it is merged {2}w1/),
      expect.stringMatching(/^ source\/client.ts {2}source\/time.ts/),
    ]);
  });

  it('tells of parked work of another run that was merged', () => {
    const run = new LiveExample(2);
    const other = 'loop-20261101T090000Z-0a0b0c01';
    const sha = exampleSha('cccc');
    const settled = {
      run: other,
      worker: 7,
      task: 'app-9',
      outcome: 'merged',
      sha,
      reason: 'closed',
    } as const;
    run.tell({ type: 'parked.settled', ...settled });
    expect(linesAt(run, 120, 40)[2]).toMatch(/^ ▶ merged +[\d:]+ app-9 +w7 0a0b0c01/);
  });

  it('warns of work that would conflict if it were merged now, while that is so', () => {
    const run = new LiveExample(3);
    for (const slot of [1, 2, 3]) run.begin(slot, `app-${slot}`);
    const many = { ...exampleConflict(3, null, ['a.ts', 'b.ts']), unlisted: 4 };
    run.conflicting([exampleConflict(1, 2, ['source/client.ts']), many]);
    const rows = (columns: number): string[] =>
      linesAt(run, columns, 24)
        .slice(2, 5)
        .map((row) => row.slice(3).replaceAll(/ +/g, ' ').trimEnd());
    expect(rows(120)).toEqual([
      'would conflict 10:25:00 app-1 app-2 w0 w1 1 file Title of app-1 / Title of app-2',
      'would conflict 10:25:00 app-3 w2 trunk 6 files Title of app-3',
      '',
    ]);
    expect(rows(80)[0]).toMatch(/^would conflict 10:25:00 app-1 app-2 w0 w1 1 file Title/);
    expect(linesAt(run, 120, 24, 1).slice(-5, -2)).toEqual([
      expect.stringMatching(/^ app-3 {2}Title of app-3/),
      expect.stringMatching(/would conflict if they were merged now {2}w2 trunk/),
      expect.stringMatching(/^ a.ts {2}b.ts {2}and 4 more/),
    ]);
    run.conflicting([]);
    expect(linesAt(run, 80, 24)[2]).toContain('Nothing was merged yet');
  });

  it('says why it is not known what would conflict', () => {
    const run = new LiveExample(2);
    run.conflicting([], `git merge-tree ended with 128: ${EVIL_TEXTS.join(' ')}`);
    for (const columns of [80, 200]) {
      const lines = linesAt(run, columns, 24);
      expect(lines[0]).toMatch(/^══ merges \(what would conflict is not all known: git merge-tree ended/);
      expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
    }
  });

  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('fits %i×%i, however long the history and odd the titles', (columns, rows) => {
    const run = new LiveExample(2);
    for (let index = 0; index < 60; index += 1) {
      const title = EVIL_TEXTS[index % EVIL_TEXTS.length] ?? '';
      run.tell(...attempt(`app-${index}`, { end: 'merged', fate: 'merged', title }));
    }
    run.conflicting([exampleConflict(1, 2, [...EVIL_TEXTS])]);
    for (const selected of [1, 31, 60]) {
      const lines = linesAt(run, columns, rows, selected);
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
      expect(lines[0]).toMatch(/^══ merges ═+ \d+-\d+ of 61$/);
      expect(lines.at(-1)).toMatch(/Esc back$/);
      expect(lines.join('\n')).toMatch(new RegExp(`▶ merged .* app-${60 - selected} `));
    }
  });

  it('says when nothing was merged', () => {
    expect(linesAt(new LiveExample(2), 80, 24)[2]).toContain('Nothing was merged yet');
  });
});
