import * as fc from 'fast-check';
import type { ReactElement } from 'react';
import { describe, expect, it } from 'vitest';
import { Dashboard } from '../../source/components/dashboard.js';
import type { ScreenSize } from '../../source/components/draw-screen.js';
import { layOut } from '../../source/components/layout.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import type { LiveSnapshot } from '../../source/engine/live-view.js';
import { emulateTerminal } from './emulated-terminal.js';
import { EVIL_TEXTS, EXAMPLE_NOW, LiveExample } from './live-example.js';

const SLOTS = 6;

function dashboard(live: LiveSnapshot, selected: number, { columns, rows }: ScreenSize): ReactElement {
  const layout = layOut({ columns, rows, slots: SLOTS, selected });
  const data = { live, news: [`slot ${selected} selected`], free_disk_bytes: null, now: EXAMPLE_NOW };
  return <Dashboard rows={rows} layout={layout} data={data} screen={{ ...FIRST_SCREEN, selected }} />;
}

const size = fc.record({
  kind: fc.constant('resize' as const),
  columns: fc.integer({ min: 40, max: 220 }),
  rows: fc.integer({ min: 10, max: 60 }),
});
const lines = fc.record({
  kind: fc.constant('lines' as const),
  slot: fc.integer({ min: 1, max: SLOTS }),
  texts: fc.array(fc.oneof(fc.constantFrom(...EVIL_TEXTS), fc.string({ maxLength: 200 })), { maxLength: 9 }),
});
const select = fc.record({ kind: fc.constant('select' as const), slot: fc.integer({ min: 1, max: SLOTS }) });

describe('a screen that is resized', () => {
  it('shows what a fresh one of that size shows', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(size, lines, select), { minLength: 5, maxLength: 25 }),
        async (steps) => {
          const run = new LiveExample(SLOTS);
          for (let slot = 1; slot <= SLOTS; slot += 1) run.begin(slot, `app-${slot}`, EVIL_TEXTS[slot]);
          let now = { columns: 100, rows: 30 };
          let selected = 1;
          const draw = (shown: ScreenSize): ReactElement => dashboard(run.view.snapshot(), selected, shown);
          using terminal = emulateTerminal(now.columns, now.rows, draw);
          for (const step of steps) {
            if (step.kind === 'resize') {
              now = step;
              terminal.resize(step.columns, step.rows);
            } else {
              if (step.kind === 'lines') for (const text of step.texts) run.line(step.slot, text);
              else selected = step.slot;
              terminal.update(draw);
            }
            // Other steps follow so fast that some are drawn together.
            if (step.kind === 'resize') await terminal.screen();
          }
          const seen = await terminal.screen();
          using fresh = emulateTerminal(now.columns, now.rows, draw);
          expect(seen).toEqual(await fresh.screen());
        },
      ),
      { numRuns: 40 },
    );
  });
});
