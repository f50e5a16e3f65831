import * as fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { summarise } from '../../source/engine/summary.js';
import { summaryText } from '../../source/reporters/summary-text.js';
import { eventSequences } from '../event-sequences.js';
import {
  EXAMPLE_RUN,
  attempt,
  exampleBodies,
  exampleSha,
  exampleState,
  started,
  worker,
} from '../example-run.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');

function textOf(state: RunState, columns?: number): string {
  return stripVTControlCharacters(
    summaryText(summarise(state, NOW), columns === undefined ? {} : { columns }),
  );
}

const COMMAND = /^ +(hew|git|bd|to undo:) /;

describe('summaryText', () => {
  it('tells a run with every fate', () => {
    expect(textOf(exampleState(exampleBodies()))).toMatchInlineSnapshot(`
      " hew  loop-20261122T101500Z-3fa9c1d2
       ended: nothing is ready any more   7h52m   >$8.79   6.54M tokens
       main moved 4be1c09 -> 8c1f02e
       to undo: git reset --keep 4be1c09000000000000000000000000000000000
       6 tasks   2 merged   1 empty   1 conflicted   1 failed   1 open again
       2 left in the queue

       FOR YOU
       1  app-16 conflicts in source/log.ts, source/日本.ts (worker w3 kept)
            hew task show app-41
       2  app-2 failed after 2 tries: gate red: npm test: 3 tests of 213 failed in
          test/routes/form.test.tsx
            hew task show app-2
            hew loop salvage show loop-20261122T101500Z-3fa9c1d2/w2/1
            git merge --squash refs/hew/salvage/loop-20261122T101500Z-3fa9c1d2/w2/1

       worker  iterations  closed  runtime   tokens    cost   wall  busy  stop
       w0               2       2  claude     49.1k   $0.51  7m10s   63%  ready_empty
       w1               1       1  codex       6.3M       ?  7m10s   56%  ready_empty
       w2               2       0  claude     96.2k   $5.77  7m10s  100%  ready_empty
       w3               1       0  claude     48.1k   $2.31  3m00s  100%  parked
       w4               1       0  claude     48.1k   $0.20  4m00s  100%  ready_empty
       all              7       3  claude,…   6.54M  >$8.79  7h52m   80%  ready_empty

       task    fate        tries    time    cost  commit    title
       app-7   merged          1   4m00s   $0.51  91ac0d3   Fix time-zone bug
       app-9   merged          1   4m00s       ?  8c1f02e   日付の書式をロケールに合…
       app-16  conflicted      1  12m00s   $2.31  w3        Shorten log lines
       app-2   failed          2  45m00s   $5.77  salvaged  Upgrade to React 19 and …
       app-31  empty           1     30s  <$0.01  -         Remove what nobody uses
       app-33  open again      1   4m00s   $0.20  -         Café au lait, naïve faça…

               10:15                            14:11                            18:07
       slot 1  #
       slot 2  #
       slot 3  #
       slot 4  ##
       # work"
    `);
  });

  it('cuts titles last, and only after columns were left out', () => {
    const state = exampleState(exampleBodies());
    expect(textOf(state, 130)).toContain('Café au lait, naïve façade 🎉 emoji');
    expect(textOf(state, 130)).toMatch(/^ task +fate +tries +time +tokens +cost +commit +title$/m);
    expect(textOf(state, 50)).toMatch(/^ task +fate +cost +title$/m);
    expect(textOf(state, 50)).toMatch(/^ app-7 +merged +\$0.51 +Fix time-zone bug$/m);
  });

  it('keeps wide characters in their columns', () => {
    const lines = textOf(exampleState(exampleBodies()), 130).split('\n');
    const row = lines.find((line) => line.startsWith(' app-9 ')) ?? '';
    const heading = lines.find((line) => line.startsWith(' task ')) ?? '';
    expect(stringWidth(row.slice(0, row.indexOf('日付')))).toBe(heading.indexOf('title'));
  });

  it('says what was not landed, and how to land it', () => {
    const state = exampleState([
      started({ ungated: true }),
      worker(0),
      ...attempt('app-7', { end: 'merged', fate: 'merged' }),
      { type: 'land.refused', branch: 'main', to: exampleSha('8c1f02e'), reason: 'main has changed files' },
      { type: 'run.finished', stop_reason: 'max_iter', exit_code: 1, tasks_left: 3 },
    ]);
    const text = textOf(state);
    expect(text).toContain('UNGATED');
    expect(text).toContain('NOT LANDED on main: the merges are at 8c1f02e');
    expect(text).toMatch(/1 stranded {3}3 left in the queue$/m);
    expect(text).toContain(
      `not landed on main: main has changed files\n      hew loop land ${EXAMPLE_RUN}\n`,
    );
  });

  it('lets nothing drive the terminal', () => {
    const evil = '\u001B[2J\u009B2J\u0007\u202Etitle\nsecond line';
    const state = exampleState([
      started(),
      worker(0),
      ...attempt('app-7', { title: evil, reason: evil, end: 'gate_red', fate: 'failed', counted: true }),
    ]);
    expect(textOf(state).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  });

  it('fits any run into any width from 40 columns up, commands apart', () => {
    fc.assert(
      fc.property(eventSequences, fc.integer({ min: 40, max: 160 }), (events, columns) => {
        const lines = textOf(events.reduce(reduce, EMPTY_STATE), columns).split('\n');
        expect(lines.filter((line) => !COMMAND.test(line) && stringWidth(line) > columns)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('tells of a run of which nothing is known yet', () => {
    expect(textOf(EMPTY_STATE)).toBe(' hew\n goes on   0s   $0.00   0 tokens\n 0 tasks');
  });
});
