import { describe, expect, it } from 'vitest';
import { layOut } from '../../source/components/layout.js';
import {
  FIRST_SCREEN,
  type KeyFacts,
  type Pressed,
  pressKey,
  type ScreenState,
} from '../../source/components/press-key.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';

function factsOf(run: LiveExample, size = { columns: 120, rows: 40 }): KeyFacts {
  const live = run.view.snapshot();
  return {
    live,
    layout: layOut({ ...size, slots: live.slots.length, selected: 1 }),
    attached: false,
    now: EXAMPLE_NOW,
  };
}

function working(slots: number): LiveExample {
  const run = new LiveExample(slots);
  for (let slot = 1; slot <= slots; slot += 1) run.begin(slot, `app-${slot}`);
  return run;
}

/** Presses keys one after the other; gives what the last has led to and all controls. */
function press(
  run: LiveExample,
  keys: readonly string[],
  from: Partial<ScreenState> = {},
  attached = false,
): Pressed & { readonly controls: readonly unknown[] } {
  let pressed: Pressed = { screen: { ...FIRST_SCREEN, ...from }, control: null, detach: false };
  const controls: unknown[] = [];
  for (const key of keys) {
    pressed = pressKey(pressed.screen, key, { ...factsOf(run), attached });
    if (pressed.control) controls.push(pressed.control);
  }
  return { ...pressed, controls };
}

describe('pressKey', () => {
  it.each([
    [['tab'], 2],
    [['tab', 'tab', 'tab', 'tab'], 1],
    [['shift-tab'], 4],
    [['right'], 2],
    [['down'], 3],
    [['down', 'right'], 4],
    [['down', 'right', 'up', 'left'], 1],
    [['left'], 1],
    [['3'], 3],
  ])('selects by %j', (keys, slot) => {
    expect(press(working(4), keys).screen.selected).toBe(slot);
  });

  it('joins two digits where there are so many slots', () => {
    const sixteen = working(16);
    expect(press(sixteen, ['1', '2']).screen.selected).toBe(12);
    expect(press(sixteen, ['12']).screen.selected).toBe(12);
    expect(press(sixteen, ['1', '7']).screen.selected).toBe(7);
    expect(press(sixteen, ['1', 'tab', '2']).screen.selected).toBe(2);
    expect(press(working(4), ['1', '2']).screen.selected).toBe(2);
  });

  it('says why it cannot select', () => {
    const { screen } = press(working(4), ['9']);
    expect(screen.selected).toBe(1);
    expect(screen.message?.text).toBe('there is no slot 9: there are 4');
  });

  it('pauses the selected slot, and resumes it', () => {
    const run = working(4);
    const paused = press(run, ['2', 'p']);
    expect(paused.control).toEqual({ type: 'pauseSlot', slot: 2 });
    expect(paused.screen.message?.text).toContain('when its iteration has ended');
    run.tell({ type: 'slot.paused', slot: 2 });
    const resumed = press(run, ['2', 'p']);
    expect(resumed.control).toEqual({ type: 'resumeSlot', slot: 2 });
  });

  it('says why a slot cannot be paused', () => {
    const run = working(2);
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    const pressed = press(run, ['p']);
    expect(pressed.control).toBeNull();
    expect(pressed.screen.message?.text).toContain('iteration limit reached');
  });

  it.each([['a'], ['q'], ['ctrl-c']])('asks before it aborts on %s', (key) => {
    const run = working(2);
    expect(press(run, [key])).toMatchObject({ controls: [], screen: { dialog: 'abort' } });
    expect(press(run, [key, 'n'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(press(run, [key, 'escape'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(press(run, [key, 'y'])).toMatchObject({
      controls: [{ type: 'abortRun' }],
      screen: { dialog: 'none', aborting: true },
    });
    const other = press(run, [key, 'z']);
    expect(other).toMatchObject({ controls: [], screen: { dialog: 'abort' } });
    expect(other.screen.message?.text).toBe('y aborts the run, n lets it go on');
  });

  it('aborts on a second Ctrl-C, and only once', () => {
    const run = working(2);
    const twice = press(run, ['ctrl-c', 'ctrl-c']);
    expect(twice.controls).toEqual([{ type: 'abortRun' }]);
    const more = press(run, ['ctrl-c', 'ctrl-c', 'ctrl-c', 'a', 'y', 'p']);
    expect(more.controls).toEqual([{ type: 'abortRun' }]);
    expect(press(run, ['a', 'y', 'a']).screen.message?.text).toContain('is being aborted');
  });

  it('shows the keys until the next one, which does nothing else', () => {
    const run = working(2);
    expect(press(run, ['?']).screen.dialog).toBe('help');
    expect(press(run, ['?', 'p'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
  });

  it('takes a paste for no key, and says so', () => {
    const pasted = press(working(2), ['ay\u001B[31m']);
    expect(pasted).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(pasted.screen.message?.text).toBe('ay does nothing here: ? shows the keys');
  });

  it('forgets the message with the next key', () => {
    expect(press(working(2), ['z', 'tab']).screen.message).toBeNull();
  });
});

describe('pressKey in a screen that is attached', () => {
  const attached = (...keys: readonly string[]) => press(working(2), keys, {}, true);

  it.each([['q'], ['ctrl-c']])('asks by %s what is to become of the run', (key) => {
    expect(attached(key)).toMatchObject({ screen: { dialog: 'leave' }, controls: [], detach: false });
  });

  it.each([
    [['q', 'd'], [], true],
    [['ctrl-c', 'ctrl-c'], [], true],
    [['q', 'f'], [{ type: 'drainRun' }], false],
    [['q', 'a'], [{ type: 'abortRun' }], false],
    [['q', 'n'], [], false],
    [['q', 'x'], [], false],
  ])('%j', (keys, controls, detach) => {
    expect(attached(...keys)).toMatchObject({ controls, detach });
  });

  it('asks before it aborts by its key, as everywhere', () => {
    expect(attached('a')).toMatchObject({ screen: { dialog: 'abort' }, controls: [] });
  });
});
