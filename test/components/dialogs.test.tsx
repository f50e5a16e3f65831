import { stripVTControlCharacters } from 'node:util';
import { Box, renderToString } from 'ink';
import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { CutRun, type CutRunChoice } from '../../source/components/cut-run.js';
import { Dialogs } from '../../source/components/dialogs.js';
import { FIRST_SCREEN, type ScreenState } from '../../source/components/press-key.js';
import { taskId } from '../engine/queue/stored-tasks.js';
import { emulateTerminal } from './emulated-terminal.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';

const TASK = taskId('tea-shop-1234');
const RUN = 'loop-20261122T101500Z-3fa9c1d2';

const DIALOGS: readonly (ScreenState['dialog'] | 'raising')[] = [
  'raising',
  'help',
  'leave',
  'quit',
  'abort',
  { type: 'abortSlot', slot: 16, task: TASK },
  { type: 'skipTask', task: TASK },
  { type: 'drainRun' },
];

/** What is asked over sixteen slots that work, line by line. */
function linesOf(dialog: (typeof DIALOGS)[number], columns: number, rows: number): readonly string[] {
  const limits = { max_iter: 40, budget_tokens: 2e6, budget_cost: 5.5, budget_wall_ms: 3_600_000 };
  const run = new LiveExample(16, { limits });
  for (let slot = 1; slot <= 16; slot += 1) run.begin(slot, `app-${slot}`);
  const footer = { x: 0, y: rows - 2, width: columns, height: 2 };
  const screen: ScreenState =
    dialog === 'raising'
      ? { ...FIRST_SCREEN, raising: { name: 'budget_wall_ms', text: '8' } }
      : { ...FIRST_SCREEN, dialog };
  const drawn = renderToString(
    <Box width="100%" height={rows}>
      <Dialogs screen={screen} live={run.view.snapshot()} footer={footer} now={EXAMPLE_NOW} />
    </Box>,
    { columns },
  );
  return stripVTControlCharacters(drawn)
    .split('\n')
    .map((line) => line.trimEnd());
}

const wordsOf = (lines: readonly string[]): string => lines.join(' ').replaceAll(/[ ═]+/g, ' ').trim();

describe('Dialogs', () => {
  it.each(DIALOGS.map((dialog) => [dialog] as const))('says every word of %j at 80×24', (dialog) => {
    const lines = linesOf(dialog, 80, 24);
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(wordsOf(lines)).toBe(wordsOf(linesOf(dialog, 200, 50)));
  });

  it.each(DIALOGS.map((dialog) => [dialog] as const))(
    'keeps the answers to %j in sight at 40×10',
    (dialog) => {
      const lines = linesOf(dialog, 40, 10);
      expect(lines.filter((line) => stringWidth(line) > 40)).toEqual([]);
      const last = linesOf(dialog, 200, 50).findLast((line) => /^ \S/.test(line)) ?? '';
      expect(wordsOf(lines)).toContain(last.trim().split(/ {2,}/).at(-1));
    },
  );
});

describe('CutRun', () => {
  const open = (choices: CutRunChoice[], columns: number) =>
    emulateTerminal(columns, 24, (size): ReactElement => (
      <CutRun
        {...size}
        run={RUN}
        holds="still holds 12 tasks, 3 worktrees and what 2 of its workers have not merged"
        onChoose={(choice) => choices.push(choice)}
      />
    ));

  it('says every word at 80×24, also after a resize', async () => {
    using narrow = open([], 80);
    using wide = open([], 200);
    const words = wordsOf(await wide.screen());
    expect(words).toContain(`${RUN} was cut and still holds 12 tasks`);
    expect(wordsOf(await narrow.screen())).toBe(words);
    wide.resize(80, 24);
    expect(await wide.screen()).toEqual(await narrow.screen());
  });

  it('takes a key for each choice, and other keys for none', async () => {
    const choices: CutRunChoice[] = [];
    using terminal = open(choices, 80);
    await terminal.screen();
    for (const key of ['z', 'r', 'a', 'n', 'q', '\u0003']) terminal.press(key);
    expect(choices).toEqual(['resume', 'abandon', 'start', 'quit', 'quit']);
  });
});
