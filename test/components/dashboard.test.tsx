import * as fc from 'fast-check';
import { renderToString } from 'ink';
import type { ReactElement } from 'react';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../source/components/dashboard.js';
import { layOut } from '../../source/components/layout.js';
import { FIRST_SCREEN, type ScreenState } from '../../source/components/press-key.js';
import { type Theme, ThemeContext } from '../../source/components/theme.js';
import { attempt } from '../example-run.js';
import { emulateTerminal } from './emulated-terminal.js';
import { EVIL_TEXTS, exampleConflict, EXAMPLE_NOW, LiveExample } from './live-example.js';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;
const SLOTS = [1, 4, 16] as const;

function dashboard(
  run: LiveExample,
  [columns, rows]: readonly [number, number],
  screen: Partial<ScreenState> = {},
  news: readonly string[] = ['10:29:00  slot 1   app-0: closed'],
  freeDisk: number | null = null,
): ReactElement {
  const live = run.view.snapshot();
  const state = { ...FIRST_SCREEN, ...screen };
  const layout = layOut({ columns, rows, slots: live.slots.length, selected: state.selected });
  return (
    <Dashboard
      rows={rows}
      layout={layout}
      data={{ live, news, free_disk_bytes: freeDisk, now: EXAMPLE_NOW }}
      screen={state}
    />
  );
}

function linesAt(
  run: LiveExample,
  size: readonly [number, number],
  screen: Partial<ScreenState> = {},
): string[] {
  const frame = renderToString(dashboard(run, size, screen), { columns: size[0] });
  return stripVTControlCharacters(frame).split('\n');
}

/** Every slot works, with titles and lines that would harm a screen. */
function evilRun(slots: number): LiveExample {
  const run = new LiveExample(slots);
  for (let slot = 1; slot <= slots; slot += 1) {
    run.begin(slot, `app-${slot}x`, EVIL_TEXTS[slot % EVIL_TEXTS.length]);
    for (const [index, text] of EVIL_TEXTS.entries()) {
      run.line(slot, text, (['text', 'tool', 'result', 'error', 'gate'] as const)[index % 5] ?? 'text');
    }
    run.usage(slot, 48_100, slot % 2 === 0 ? null : 0.51);
  }
  return run;
}

describe('Dashboard', () => {
  it('counts down to the end of a usage limit', () => {
    const run = new LiveExample(2);
    const until = new Date(EXAMPLE_NOW + 41 * 60_000).toISOString();
    run.tell({ type: 'slot.waiting', slot: 2, reason: 'usage_limit', detail: 'claude: limit', until });
    expect(linesAt(run, [80, 24]).join('\n')).toMatch(
      /^─2 no task yet ─+ usage limit, back [\d:]+, in 41m00s$/m,
    );
  });

  it('marks an agent that gives no sign of life, until it does', () => {
    const run = new LiveExample(16);
    const seen = (size: readonly [number, number]): string => linesAt(run, size).join('\n');
    run.begin(1, 'app-12');
    run.line(1, 'npm test');
    expect(seen([200, 50])).toContain('quiet 2s  ');
    run.quiet(1, 7 * 60_000);
    // Told two seconds ago, and it has gone on since.
    expect(seen([200, 50])).toContain('quiet 7m02s: stalled at 20m');
    expect(seen([80, 24])).toContain('quiet 7m02s: stal');
    run.quiet(1, 0);
    expect(seen([200, 50])).not.toContain('stalled at');
    run.quiet(1, 8 * 60_000);
    run.line(1, 'ok');
    expect(seen([200, 50])).not.toContain('stalled at');
  });

  it('shows a run at 80×24', () => {
    const run = new LiveExample(4);
    run.begin(1, 'app-12', 'Add retry to the client');
    run.usage(1, 48_100, 0.51);
    run.line(1, 'Edit test/client.test.ts  +23 -3', 'tool');
    run.line(1, '212 passed, 1 failed: retries on 503', 'result');
    run.line(1, 'The clock in the test is real. I will inject it.');
    run.begin(2, 'app-7', 'Fix time-zone bug');
    const second = { slot: 2, worker: 1, task: 'app-7', attempt: 1, iteration: 1 };
    const tokens = { input: 12_000, output: 0, cache_read: 0, cache_create: 0 };
    run.tell(
      {
        type: 'agent.finished',
        ...second,
        exit_code: 0,
        closing: 'closed',
        tokens,
        cost_usd: null,
        model: 'codex',
        duration_ms: 187_000,
      },
      { type: 'gate.started', ...second, which: 'own', at: '2026-11-22T10:29:29.000Z' },
      { type: 'slot.paused', slot: 2 },
      { type: 'slot.waiting', slot: 3, reason: 'usage_limit', detail: '', until: null },
    );
    run.line(2, 'test/time.test.ts ...', 'gate');
    run.conflicting([exampleConflict(2, 1, ['source/time.ts']), exampleConflict(2, null, ['source/log.ts'])]);
    expect(linesAt(run, [80, 24]).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
      [
        " hew  2 working  1 paused  1 at a limit  0 merged     60.1k tok  >$0.51  15m00s",
        "▶1 app-12 Add retry to the client ───────────────────────────────── agent 10m00s",
        " iter 1  try 1/2  quiet 2s  would conflict with w1  48.1k tok $0.51  sonnet  w0",
        " agent 10m00s   gate -   merge -",
        " > Edit test/client.test.ts  +23 -3",
        "     212 passed, 1 failed: retries on 503",
        "   The clock in the test is real. I will inject it.",
        "",
        "",
        "",
        "─2 app-7 Fix time-zone bug ──────────────────────────────── gate 31s, then PAUSE",
        " iter 1  try 1/2  would conflict with w0 trunk  12k tok cost unknown  codex  w1",
        " agent ✓ 3m07s   gate 31s   merge -",
        " | test/time.test.ts ...",
        "─3 no task yet ───────────────────────────────────────────────────── usage limit",
        " worker w2",
        "",
        "",
        "─4 no task yet ──────────────────────────────────────────────────────────── idle",
        " worker w3",
        "",
        "",
        " 10:29:00  slot 1   app-0: closed",
        " Tab 1-4 select   Enter open   t m o lists   p pause slot   ? keys   q quit",
      ]
    `);
  });

  it.each(SIZES.flatMap(([columns, rows]) => SLOTS.map((slots) => [columns, rows, slots] as const)))(
    'fits %i×%i with %i slots: every task id, the footer, no line too wide',
    (columns, rows, slots) => {
      for (const screen of [
        {},
        { selected: slots },
        { dialog: 'help' as const },
        { dialog: 'abort' as const },
      ]) {
        const lines = linesAt(evilRun(slots), [columns, rows], screen);
        expect(lines.length).toBe(rows);
        expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
        const rules = lines.filter((line) => /──|══/.test(line));
        expect(rules.filter((line) => stringWidth(line) !== columns)).toEqual([]);
        expect(rules).not.toEqual([]);
        expect(lines.at(-1)).toContain('q quit');
        expect(lines[0]).toContain(`${slots} working`);
        if ('dialog' in screen) continue;
        for (let slot = 1; slot <= slots; slot += 1) expect(lines.join('\n')).toContain(`app-${slot}x`);
      }
    },
  );

  it('is drawn whole at any other size, too', () => {
    const size = fc.tuple(fc.integer({ min: 20, max: 240 }), fc.integer({ min: 6, max: 70 }));
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 16 }), fc.nat(15), (size, slots, selected) => {
        const lines = linesAt(evilRun(slots), size, { selected: (selected % slots) + 1 });
        expect(lines.length).toBe(size[1]);
        expect(lines.filter((line) => stringWidth(line) > size[0])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('tells a slot that is removed for as long as there is something of it', () => {
    const run = new LiveExample(4);
    run.begin(4, 'app-4');
    run.tell({ type: 'slots.changed', slots: 2 });
    const rules = () => linesAt(run, [80, 24]).filter((line) => /^[▶─]\d/.test(line));
    expect(rules().map((line) => line.replace(/.* /, ''))).toEqual(['idle', 'idle', 'removed', 'GONE']);
    run.end(4, 'app-4', 'merged', 'merged');
    expect(rules()).toHaveLength(2);
  });

  it('says why the attempt before has failed', () => {
    const run = new LiveExample(1);
    run.begin(1, 'app-2', 'Upgrade');
    run.tell(...attempt('app-2', { end: 'gate_red', fate: null, reason: 'gate red: 1 of 213' }));
    const [begun] = attempt('app-2', { attempt: 2, end: 'merged', fate: 'merged' });
    run.tell(begun!);
    expect(linesAt(run, [80, 24]).join('\n')).toContain('try 1 failed: gate red: 1 of 213');
  });

  it('tells tokens apart where there is room, and what tool is called now', () => {
    const run = new LiveExample(1);
    run.begin(1, 'app-2', 'Upgrade');
    run.usage(1, 900, 0.51);
    run.line(1, 'Edit source/client.ts', 'tool');
    const facts = / iter 1 {2}try 1\/1? *.*900 tok \(0 in, 0 cached, 900 out\) \$0\.51/;
    expect(linesAt(run, [200, 50]).join('\n')).toMatch(facts);
    expect(linesAt(run, [200, 50]).join('\n')).toMatch(/now Edit source\/client\.ts .*agent 10m00s/);
    const narrow = linesAt(run, [80, 24]).join('\n');
    expect(narrow).toContain('900 tok $0.51');
    expect(narrow).toContain(' agent 10m00s   gate -   merge -   now Edit source/client.ts');
    run.line(1, 'it is done', 'result');
    expect(linesAt(run, [80, 24]).join('\n')).not.toContain('now Edit');
  });

  it('marks output that is old', () => {
    const run = new LiveExample(16);
    run.begin(1, 'app-2', 'Upgrade');
    const later = (columns: number, rows: number): string => linesAt(run, [columns, rows]).join('\n');
    // Nothing has come since it has begun ten minutes before.
    expect(later(80, 24)).toMatch(/▶ {2}1 agent! /);
    expect(later(200, 50)).toContain('quiet 10m00s !');
    run.line(1, 'here I am');
    expect(later(80, 24)).toMatch(/▶ {2}1 agent {2}/);
    expect(later(200, 50)).toContain('quiet 2s  ');
  });

  it('shows as many panes below the table as there is room for', () => {
    const run = new LiveExample(16);
    for (let slot = 1; slot <= 16; slot += 1) run.begin(slot, `app-${slot}`);
    const lines = linesAt(run, [120, 40], { selected: 2 });
    expect(lines.filter((line) => /^ +1?[0-9] agent|^▶ +2 agent/.test(line))).toHaveLength(16);
    expect(lines.join('\n')).toMatch(/^─1 app-1 .* {2}▶2 app-2 /m);
    expect(lines.join('\n')).toMatch(/^─5 app-5 .* {2}─6 app-6 /m);
  });

  it('draws with ASCII alone where it is asked to', () => {
    const run = new LiveExample(4);
    run.begin(1, 'app-2', 'Upgrade');
    run.line(1, 'it broke', 'error');
    const drawn = (theme: Theme): string =>
      renderToString(<ThemeContext value={theme}>{dashboard(run, [80, 24])}</ThemeContext>, { columns: 80 });
    expect(stripVTControlCharacters(drawn({ ascii: true, color: true }))).toMatch(/^[\n -~]*$/);
    expect(drawn({ ascii: true, color: true })).toContain('>1 app-2 Upgrade ---');
  });

  it('shows the limits with what is used of them, and the one that is typed', () => {
    const limits = { max_iter: 40, budget_tokens: null, budget_cost: 20, budget_wall_ms: null };
    const run = new LiveExample(4, { limits });
    run.begin(1, 'app-1');
    run.usage(1, 48_100, 5);
    const raising = { name: 'max_iter' as const, text: '50' };
    const lines = linesAt(run, [80, 24], { raising });
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    const text = lines.join('\n');
    expect(text).toContain('══ Raise a limit of the run ══');
    expect(text).toMatch(/ {3}cost budget +\$5\.00 of \$20\.00 +█+░+ +25%/);
    expect(text).toMatch(/ ▶ iterations +1 of 40 +░+ +2%/);
    expect(text).toContain('new limit: 50_   in iterations, such as 40');
    run.tell({ type: 'control.received', control: { type: 'raiseLimits', limits: { max_iter: 50 } } });
    expect(linesAt(run, [80, 24], { raising }).join('\n')).toContain('1 of 50');
  });

  it('heads the screen with what is wanted most, at every width', () => {
    const limits = { max_iter: null, budget_tokens: null, budget_cost: 20, budget_wall_ms: 18 * 60_000 };
    const run = new LiveExample(4, { limits });
    for (const slot of [1, 2, 3]) run.begin(slot, `app-${slot}`);
    run.tell({ type: 'slot.waiting', slot: 4, reason: 'usage_limit', detail: '', until: null });
    run.usage(1, 30_000, 5);
    run.usage(1, 48_100, 10.2);
    const heads = ([columns, rows]: readonly [number, number], freeDisk: number | null = null): string => {
      const frame = renderToString(dashboard(run, [columns, rows], {}, [], freeDisk), { columns });
      const lines = stripVTControlCharacters(frame).split('\n').slice(0, 2);
      expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
      return lines.map((line) => line.trimEnd()).join('\n');
    };
    expect(heads([80, 24]).split('\n')[0]).toBe(
      ' hew  NEAR: time 83%  3 working  1 at a limit          $10.20 of $20.00  15m00s',
    );
    expect(heads([120, 40])).toMatch(/0 merged {2}→ main .* of \$20\.00 {2}█{5}░{5} {2}15m00s\n/);
    expect(heads([200, 50])).toMatch(/→ main .* 48\.1k tok {2}\$10\.20 of \$20\.00 {2}█{5}░{5} {2}15m00s\n/);
    expect(heads([200, 24])).toContain('→ main');
    expect(heads([80, 24], 1_200_000_000)).toContain('disk 1.2 GB');
    expect(heads([80, 24], 41_000_000_000)).not.toContain('disk');
  });

  it('says that the cost is unknown as long as none was told', () => {
    const run = new LiveExample(4);
    run.begin(1, 'app-1');
    run.usage(1, 12_000, null);
    expect(linesAt(run, [80, 24])[0]).toMatch(/ 12k tok {2}cost unknown {2}15m00s *$/);
  });

  it('shows how fast tokens are used', () => {
    const run = new LiveExample(1);
    run.begin(1, 'app-1');
    run.usage(1, 12_000, null);
    // The span of twenty seconds in which they were told is over at 10:30.
    expect(linesAt(run, [120, 40])[1]).toMatch(/ 1 iteration {2}.* ▁{14}█ 12k tok\/min *$/);
    expect(linesAt(run, [80, 24])[0]).not.toContain('tok/min');
  });

  it('tells states by words, the selected slot by a sign', () => {
    const run = new LiveExample(4);
    run.tell(
      { type: 'slot.paused', slot: 1 },
      { type: 'slot.waiting', slot: 2, reason: 'nothing_ready', detail: '', until: null },
      { type: 'slot.finished', slot: 3, worker: 2, stop_reason: 'max_iter' },
      { type: 'run.stopping', reason: 'max_iter', detail: '' },
    );
    const text = linesAt(run, [120, 40], { selected: 2 }).join('\n');
    expect(text).toMatch(/─1 .* PAUSED/);
    expect(text).toMatch(/▶2 .* nothing ready 10m00s/);
    expect(text).toMatch(/─3 .* done: iteration limit reached/);
    expect(text).toContain('STOPS: iteration limit reached');
  });

  it(
    'lets nothing that an agent or a title says change another part of the screen',
    { timeout: 120_000 },
    async () => {
      const size = [120, 40] as const;
      const control = fc.constantFrom(
        '\u001B',
        '\u001B[',
        '\u009B',
        '\u001B]',
        '\u0007',
        '\u001B\\',
        '\r',
        '\n',
        '\u0008',
      );
      const piece = fc.oneof(
        fc.constantFrom(...EVIL_TEXTS),
        control,
        fc.constantFrom(
          '2J',
          '1;1H',
          '?25h',
          '31m',
          '10A',
          '0;title',
          'P',
          'c',
          '#8',
          '(0',
          '語',
          '🎉',
          'plain ',
        ),
        fc.string({ unit: 'binary', maxLength: 8 }),
      );
      const evil = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
      const place = layOut({ columns: size[0], rows: size[1], slots: 4, selected: 1 }).slots[1]!;
      const all = { x: 0, y: 0, width: size[0], height: size[1] };
      const outside = (cells: readonly (readonly string[])[]): string[][] =>
        cells.map((line, y) =>
          line.map((cell, x) =>
            y >= place.y && y < place.y + place.height && x >= place.x && x < place.x + place.width
              ? ''
              : cell,
          ),
        );
      const runWith = (title: string, lines: readonly string[]): LiveExample => {
        const run = new LiveExample(4);
        for (const slot of [1, 3, 4]) {
          run.begin(slot, `app-${slot}`);
          run.line(slot, `line of ${slot}`);
        }
        run.begin(2, 'app-2', title);
        for (const line of lines) run.line(2, line);
        return run;
      };
      const tame = runWith('title', ['line']);
      using terminal = emulateTerminal(...size, () => dashboard(tame, size));
      await terminal.screen();
      const wanted = outside(terminal.cells(all));
      await fc.assert(
        fc.asyncProperty(evil, fc.array(evil, { maxLength: 12 }), async (title, lines) => {
          const run = runWith(title, lines);
          terminal.update(() => dashboard(run, size));
          await terminal.screen();
          expect(outside(terminal.cells(all))).toEqual(wanted);
        }),
        { numRuns: 150 },
      );
    },
  );
});
