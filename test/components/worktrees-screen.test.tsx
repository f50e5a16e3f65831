import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { App } from '../../source/components/app.js';
import { type EmulatedTerminal, emulateTerminal } from './emulated-terminal.js';
import { EVIL_TEXTS, EXAMPLE_NOW, LiveExample } from './live-example.js';
import { GivenWorktrees, keptWorktree, PAST_RUN, seenWorktree } from './seen-worktrees.js';

const ESCAPE = '\u001B';

function open(worktrees: GivenWorktrees, columns: number, rows: number): EmulatedTerminal {
  const run = new LiveExample(2);
  const live = run.view.snapshot();
  const data = { live, news: [], summary: null, free_disk_bytes: null, now: EXAMPLE_NOW };
  return emulateTerminal(columns, rows, (size) => (
    <App
      {...size}
      pull={() => data}
      control={() => {}}
      onLeave={() => {}}
      transcripts={{ open: async () => ({ kind: 'missing', why: 'nothing' }) }}
      worktrees={worktrees}
      story={async () => ''}
      visits={{ hasEditor: false, open: async () => '' }}
      copy={() => true}
    />
  ));
}

async function until(terminal: EmulatedTerminal, pattern: string | RegExp): Promise<readonly string[]> {
  const options = { timeout: 20_000, interval: 20 };
  await expect.poll(async () => (await terminal.screen()).join('\n'), options).toMatch(pattern);
  return terminal.screen();
}

describe('WorktreesScreen', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])(
    'shows what there is at %i×%i, however odd its names, and asks before it removes',
    async (columns, rows) => {
      const worktrees = new GivenWorktrees();
      using terminal = open(worktrees, columns, rows);
      await terminal.screen();
      terminal.press('o');
      await until(terminal, 'looks for worktrees');
      const odd = EVIL_TEXTS.map((project, index) =>
        seenWorktree(index + 2, { project, path: `/${project}`, standing: { kind: 'orphan', why: project } }),
      );
      worktrees.tell([
        seenWorktree(0),
        seenWorktree(1, { contents: 'measuring' }),
        keptWorktree(12, 'foreign', 'it belongs to another'),
        seenWorktree(13, { standing: { kind: 'parked', why: 'it is parked with app-3 for bug app-9' } }),
        ...odd,
        ...Array.from({ length: 59 }, (_, index) => seenWorktree(20 + index)),
      ]);
      const screen = await until(terminal, /▶ orphan/);
      const run = columns >= 120 ? PAST_RUN : PAST_RUN.slice(-8);
      expect(screen[2]).toMatch(
        new RegExp(`^ ▶ orphan +${run} +w0 +38 MB +2 +1 tea-shop +its run has ended$`),
      );
      expect(screen[3]).toMatch(/w1 +… +… +… tea-shop/);
      expect(screen[4]).toMatch(/orphan .* 38 MB +\? +\? /);
      expect(screen.filter((line) => stringWidth(line) > columns)).toEqual([]);
      expect(screen[0]).toMatch(/^══ worktrees ═+ 1-\d+ of 73$/);
      expect(screen.at(-5)).toContain(`/home/ada/.hew/wt/${PAST_RUN}/0`);
      expect(screen.at(-1)).toMatch(/x remove .*Esc back$/);
      terminal.press('G');
      expect((await until(terminal, '-73 of 73')).at(-6)).toMatch(/^ ▶ orphan .* w78 /);
      terminal.press('g');
      await until(terminal, '═ 1-');
      for (const key of 'jjjx') terminal.press(key);
      await until(terminal, 'PARKED: it is parked with app-3 for bug app-9.');
      terminal.press('n');
      terminal.press('g');
      await until(terminal, /▶ orphan .* w0 /);
      terminal.press('x');
      const asked = await until(terminal, `Remove w0 of ${PAST_RUN}?`);
      expect(asked.join('\n')).toContain('under refs/hew/salvage: 2 commits, 1 uncommitted file');
      terminal.press('y');
      await until(terminal, '1 worktree will be removed');
      expect(worktrees.pruned).toEqual([`/home/ada/.hew/wt/${PAST_RUN}/0`]);
      worktrees.tell([seenWorktree(0, { fate: { kind: 'removed', salvage: 'refs/hew/salvage/run/w0' } })]);
      await until(terminal, /removed [^]*its work: hew loop salvage show run/);
      terminal.press('?');
      await until(terminal, 'the same for all orphans');
      terminal.press('z');
      await until(terminal, 'x remove');
      terminal.press(ESCAPE);
      await until(terminal, 'q quit');
      expect(worktrees.isOpen).toBe(false);
    },
  );
});
