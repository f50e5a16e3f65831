import { stripVTControlCharacters } from 'node:util';
import { Box, renderToString } from 'ink';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { HelpDialog } from '../../source/components/help-dialog.js';
import { layOut } from '../../source/components/layout.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import { type PressedOnList, pressListKey } from '../../source/components/press-list-key.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';

type View = Parameters<typeof HelpDialog>[0]['about'];

/** How each view is opened. */
const OPENED: Readonly<Record<View, readonly string[]>> = {
  dashboard: [],
  focus: ['enter'],
  queue: ['t'],
  merges: ['m'],
  worktrees: ['o'],
};

/** What the names of keys in `?` stand for, where they are not those that hew knows. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  Tab: ['tab', 'shift-tab'],
  arrows: ['up', 'down', 'left', 'right'],
  Up: ['up'],
  Down: ['down'],
  hjkl: ['h', 'j', 'k', 'l'],
  Enter: ['enter'],
  'Ctrl-C': ['ctrl-c'],
  'Ctrl-d': ['ctrl-d'],
  'Ctrl-u': ['ctrl-u'],
  Space: [' '],
  PgDn: ['page down'],
  PgUp: ['page up'],
  Home: ['home'],
  End: ['end'],
  Esc: ['escape'],
  '…': [],
  '16': ['1', '6'],
};

/** The lines of `?` on a screen of 24 lines, its rules left out. */
function helpOf(about: View, columns: number): readonly string[] {
  const footer = { x: 0, y: 22, width: columns, height: 2 };
  const drawn = renderToString(
    <Box width="100%" height={24}>
      <HelpDialog about={about} footer={footer} />
    </Box>,
    { columns },
  );
  const lines = stripVTControlCharacters(drawn)
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.slice(
    lines.findIndex((line) => line.startsWith('══ keys ═')) + 1,
    lines.lastIndexOf('═'.repeat(columns)),
  );
}

/** The keys that `?` names, as hew names them. */
function keysIn(help: readonly string[]): readonly string[] {
  const lines = help.slice(0, help.indexOf(''));
  // Some lines have keys in the middle, too.
  const columns = lines.flatMap((line) => [
    line.slice(1, 17),
    / {2,}((?:Space|<) .*?) {2,}/.exec(line.slice(17))?.[1] ?? '',
  ]);
  return columns.flatMap((column) =>
    column
      .split(' ')
      .filter((name) => name !== '')
      .flatMap((name) => NAMES[name] ?? [name]),
  );
}

/** What a key leads to in a view of a run that works. */
function press(about: View, key: string): PressedOnList {
  const run = new LiveExample(16);
  for (let slot = 1; slot <= 16; slot += 1) run.begin(slot, `app-${slot}`);
  const live = run.view.snapshot();
  const layout = layOut({ columns: 120, rows: 40, slots: 16, selected: 1 });
  const facts = {
    live,
    layout,
    attached: false,
    now: EXAMPLE_NOW,
    searching: false,
    worktrees: null,
    hasEditor: false,
  };
  return [...OPENED[about], key].reduce<PressedOnList>(
    (before, each) => pressListKey(before.screen, each, facts),
    { screen: FIRST_SCREEN, controls: [], reading: null, leave: null, worktrees: null, visit: null },
  );
}

describe('HelpDialog', () => {
  const views = Object.keys(OPENED) as View[];

  it.each(views)('fits the smallest screen over the %s, every word of it', (about) => {
    const lines = helpOf(about, 80);
    expect(lines.at(-1)).toBe(' any key closes this');
    expect(lines).toEqual(helpOf(about, 200));
  });

  it.each(views.flatMap((about) => keysIn(helpOf(about, 80)).map((key) => [about, key] as const)))(
    'names over the %s with %j a key that is known there',
    (about, key) => {
      expect(press(about, key).screen.message?.text ?? '').not.toContain('does nothing here');
    },
  );

  it('knows the keys that it names from those that it does not', () => {
    for (const about of views)
      expect(press(about, 'z').screen.message?.text).toContain('z does nothing here');
    expect(keysIn(helpOf('dashboard', 80))).toEqual(expect.arrayContaining(['tab', 'h', 'D', 'ctrl-c']));
    expect(keysIn(helpOf('focus', 80))).toEqual(expect.arrayContaining(['>', 'page up', '[', 'r', 'G']));
  });

  it('goes on below on a narrow screen, and says last how it is closed', () => {
    const lines = helpOf('focus', 50);
    expect(lines.filter((line) => stringWidth(line) > 50)).toEqual([]);
    expect(lines.at(-1)).toBe(' any key closes this');
  });
});
