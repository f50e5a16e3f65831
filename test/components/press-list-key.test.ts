import { describe, expect, it } from 'vitest';
import { layOut } from '../../source/components/layout.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import { type PressedOnList, pressListKey } from '../../source/components/press-list-key.js';
import type { WorktreesView } from '../../source/engine/prune/seen-worktrees.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';
import { keptWorktree, seenWorktree } from './seen-worktrees.js';

const RUN = new LiveExample(2);
RUN.begin(1, 'app-1');

const LISTED: WorktreesView = {
  kind: 'listed',
  worktrees: [
    seenWorktree(0),
    seenWorktree(1),
    seenWorktree(2, { standing: { kind: 'parked', why: 'it is parked with app-3 for bug app-9' } }),
    seenWorktree(3, { fate: { kind: 'removing' } }),
    seenWorktree(4, { fate: { kind: 'removed', salvage: null } }),
    keptWorktree(5, 'alive', 'its run is alive (process 7)'),
  ],
};

/** Presses keys one after the other; gives what the last has led to. */
function press(keys: readonly string[], worktrees: WorktreesView | null = LISTED): PressedOnList {
  const live = RUN.view.snapshot();
  const layout = layOut({ columns: 80, rows: 24, slots: 2, selected: 1 });
  const facts = {
    live,
    layout,
    attached: false,
    now: EXAMPLE_NOW,
    searching: false,
    hasEditor: false,
    worktrees,
  };
  let pressed: PressedOnList = {
    screen: FIRST_SCREEN,
    controls: [],
    reading: null,
    leave: null,
    visit: null,
    worktrees: null,
  };
  for (const key of keys) pressed = pressListKey(pressed.screen, key, facts);
  return pressed;
}

const messageOf = ({ screen }: PressedOnList): string | undefined => screen.message?.text;

describe('pressListKey', () => {
  it('opens the worktrees, moves in them, and goes back', () => {
    expect(press(['o'])).toMatchObject({ worktrees: { type: 'open' }, screen: { list: { selected: 0 } } });
    expect(press(['o', 'j', 'down', 'k']).screen.list?.selected).toBe(1);
    expect(press(['o', 'G']).screen.list?.selected).toBe(5);
    for (const key of ['escape', 'q'])
      expect(press(['o', key])).toMatchObject({ worktrees: { type: 'leave' }, screen: { list: null } });
  });

  it('leaves keys of the run to the run, and says of others that they do nothing', () => {
    expect(press(['o', 'ctrl-c']).screen).toMatchObject({ dialog: 'quit', list: {} });
    expect(press(['o', '?', 'x']).screen).toMatchObject({ dialog: 'none', list: { asked: null } });
    expect(press(['o', 'P']).controls).toHaveLength(2);
    expect(press(['o', 'a', 'y']).controls).toEqual([{ type: 'abortRun' }]);
    expect(messageOf(press(['o', 'z']))).toBe('z does nothing here: ? shows the keys');
    expect(press(['tab']).screen.selected).toBe(2);
  });

  it('leaves every key to a note that is being typed', () => {
    const { screen } = press(['n', 't', 'o', 'm']);
    expect(screen).toMatchObject({ list: null, note: { text: 'tom' } });
  });

  it('opens the queue, and goes from list to list', () => {
    expect(press(['t'])).toMatchObject({ worktrees: null, screen: { list: { kind: 'queue' } } });
    expect(press(['t', 'o'])).toMatchObject({
      worktrees: { type: 'open' },
      screen: { list: { kind: 'worktrees' } },
    });
    expect(press(['o', 't'])).toMatchObject({
      worktrees: { type: 'leave' },
      screen: { list: { kind: 'queue' } },
    });
    expect(press(['t', 'm']).screen.list?.kind).toBe('merges');
    expect(press(['m', 'j', 'G', 'q'])).toMatchObject({ worktrees: null, screen: { list: null } });
    expect(press(['t', 'escape'])).toMatchObject({ worktrees: null, screen: { list: null } });
    expect(messageOf(press(['t', 'x']))).toBe('x does nothing here: ? shows the keys');
    expect(press(['o', 'x', 't']).screen.list?.kind).toBe('worktrees');
  });

  it('removes the selected one when that was confirmed, and only then', () => {
    const asked = press(['o', 'j', 'x']);
    const [, second] = LISTED.kind === 'listed' ? LISTED.worktrees : [];
    expect(asked).toMatchObject({ worktrees: null, screen: { list: { asked: [second?.path] } } });
    for (const key of ['n', 'escape', 'q'])
      expect(press(['o', 'j', 'x', key])).toMatchObject({
        worktrees: null,
        screen: { list: { asked: null } },
      });
    const other = press(['o', 'j', 'x', 'G']);
    expect(other.screen.list).toEqual(asked.screen.list);
    expect(messageOf(other)).toBe('y removes, n leaves all as it is');
    const confirmed = press(['o', 'j', 'x', 'y']);
    expect(confirmed.worktrees).toEqual({ type: 'prune', paths: [second?.path] });
    expect(messageOf(confirmed)).toBe('1 worktree will be removed, once salvaged');
    expect(press(['o', 'x', 'y', 'y']).worktrees).toBeNull();
  });

  it('removes all orphans, and nothing else', () => {
    const paths = LISTED.kind === 'listed' ? LISTED.worktrees.slice(0, 2).map(({ path }) => path) : [];
    expect(press(['o', 'X', 'y']).worktrees).toEqual({ type: 'prune', paths });
    // A parked one goes when it alone is asked for.
    const [, , parked] = LISTED.kind === 'listed' ? LISTED.worktrees : [];
    expect(press(['o', 'j', 'j', 'x', 'y']).worktrees).toEqual({ type: 'prune', paths: [parked?.path] });
    const kept: WorktreesView = {
      kind: 'listed',
      worktrees: [keptWorktree(0, 'foreign', 'it is of another')],
    };
    expect(messageOf(press(['o', 'X'], kept))).toBe('this project has no orphan to remove');
  });

  it.each([
    [['o', 'j', 'j', 'j', 'x'], 'it is being removed'],
    [['o', 'G', 'k', 'x'], 'it is removed already'],
    [['o', 'G', 'x'], 'its run is alive (process 7)'],
  ])('says why after %j', (keys, why) => {
    const pressed = press(keys);
    expect(pressed.screen.list?.asked).toBeNull();
    expect(messageOf(pressed)).toContain(`x cannot be used now: ${why}`);
  });

  it('says why before the worktrees are known, and where there are none', () => {
    expect(messageOf(press(['o', 'x'], null))).toContain('not listed yet');
    expect(messageOf(press(['o', 'X'], { kind: 'listing' }))).toContain('not listed yet');
    expect(messageOf(press(['o', 'x'], { kind: 'listed', worktrees: [] }))).toContain('there is no worktree');
  });
});
