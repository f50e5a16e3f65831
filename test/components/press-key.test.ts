import { describe, expect, it } from 'vitest';
import { taskIdSchema } from '../../source/engine/ids.js';
import type { Control } from '../../source/engine/controls.js';
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
    searching: false,
    hasEditor: true,
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
): Pressed {
  const screen = { ...FIRST_SCREEN, ...from };
  let pressed: Pressed = { screen, controls: [], reading: null, leave: null, visit: null };
  const controls: Control[] = [];
  for (const key of keys) {
    pressed = pressKey(pressed.screen, key, { ...factsOf(run), attached });
    controls.push(...pressed.controls);
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
    [['j', 'l'], 4],
    [['j', 'l', 'k', 'h'], 1],
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
    expect(paused.controls).toEqual([{ type: 'pauseSlot', slot: 2 }]);
    expect(paused.screen.message?.text).toContain('when its iteration has ended');
    run.tell({ type: 'slot.paused', slot: 2 });
    const resumed = press(run, ['2', 'p']);
    expect(resumed.controls).toEqual([{ type: 'resumeSlot', slot: 2 }]);
  });

  it('says why a slot cannot be paused', () => {
    const run = working(2);
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    const pressed = press(run, ['p']);
    expect(pressed.controls).toEqual([]);
    expect(pressed.screen.message?.text).toContain('iteration limit reached');
  });

  it('pauses all slots, and lets all go on when all are paused', () => {
    const run = working(3);
    run.tell({ type: 'slot.paused', slot: 2 });
    const paused = press(run, ['P']);
    expect(paused.controls).toEqual([
      { type: 'pauseSlot', slot: 1 },
      { type: 'pauseSlot', slot: 3 },
    ]);
    expect(paused.screen.message?.text).toContain('all slots pause');
    run.tell({ type: 'slot.paused', slot: 1 }, { type: 'slot.paused', slot: 3 });
    const resumed = press(run, ['P']);
    expect(resumed.controls).toEqual([1, 2, 3].map((slot) => ({ type: 'resumeSlot', slot })));
    expect(resumed.screen.message?.text).toBe('all slots go on');
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    expect(press(run, ['P'])).toMatchObject({
      controls: [],
      screen: { message: { text: expect.stringContaining('cannot be used now') } },
    });
  });

  it('opens the selected slot, other slots from there, and comes back', () => {
    const run = working(4);
    const opened = press(run, ['2', 'enter']);
    expect(opened).toMatchObject({ screen: { focus: { typing: null } }, reading: { type: 'open', slot: 2 } });
    expect(press(run, ['2', 'enter', 'tab']).reading).toEqual({ type: 'open', slot: 3 });
    expect(press(run, ['2', 'enter', '2']).reading).toBeNull();
    for (const key of ['escape', 'q']) {
      expect(press(run, ['2', 'enter', key])).toMatchObject({
        controls: [],
        reading: { type: 'leave' },
        screen: { focus: null, selected: 2 },
      });
    }
    // Keys of the run mean there what they mean everywhere.
    expect(press(run, ['2', 'enter', 'p']).controls).toEqual([{ type: 'pauseSlot', slot: 2 }]);
    expect(press(run, ['2', 'enter', 'ctrl-c'])).toMatchObject({ screen: { dialog: 'quit', focus: {} } });
    expect(press(run, ['2', 'enter', '?']).screen.dialog).toBe('help');
    expect(press(run, ['2', 'enter', 'l']).screen.message?.text).toBe(
      'l does nothing here: ? shows the keys',
    );
  });

  it('says why there is nothing to open', () => {
    const { screen, reading } = press(new LiveExample(2), ['enter']);
    expect({ focus: screen.focus, reading }).toEqual({ focus: null, reading: null });
    expect(screen.message?.text).toBe('slot 1 has begun no iteration yet: there is nothing to read');
  });

  it('asks before it aborts', () => {
    const run = working(2);
    expect(press(run, ['a'])).toMatchObject({ controls: [], screen: { dialog: 'abort' } });
    expect(press(run, ['a', 'n'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(press(run, ['a', 'escape'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(press(run, ['a', 'y'])).toMatchObject({
      controls: [{ type: 'abortRun' }],
      screen: { dialog: 'none', aborting: true },
    });
    const other = press(run, ['a', 'z']);
    expect(other).toMatchObject({ controls: [], screen: { dialog: 'abort' } });
    expect(other.screen.message?.text).toBe('y aborts the run, n lets it go on');
  });

  it.each([['q'], ['ctrl-c']])('asks by %s how the run is to end', (key) => {
    const run = working(2);
    expect(press(run, [key])).toMatchObject({ controls: [], leave: null, screen: { dialog: 'quit' } });
    expect(press(run, [key, 'escape'])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(press(run, [key, 'a'])).toMatchObject({
      controls: [{ type: 'abortRun' }],
      screen: { dialog: 'none', aborting: true },
    });
    const drained = press(run, [key, 'd']);
    expect(drained).toMatchObject({ controls: [{ type: 'drainRun' }], screen: { dialog: 'none' } });
    expect(drained.screen.message?.text).toContain('no further iteration begins');
    const other = press(run, [key, 'y']);
    expect(other).toMatchObject({ controls: [], screen: { dialog: 'quit' } });
    expect(other.screen.message?.text).toBe('d lets the run finish, a aborts it, Esc goes back');
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    const ending = press(run, [key, 'd']);
    expect(ending).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    expect(ending.screen.message?.text).toBe('the run is ending already');
  });

  it('aborts on a second Ctrl-C, and only once; a third leaves without waiting', () => {
    const run = working(2);
    const twice = press(run, ['ctrl-c', 'ctrl-c']);
    expect(twice).toMatchObject({ controls: [{ type: 'abortRun' }], leave: null });
    expect(twice.screen.message?.text).toContain('Ctrl-C ends what still works and leaves');
    expect(press(run, ['ctrl-c', 'ctrl-c', 'ctrl-c'])).toMatchObject({
      controls: [{ type: 'abortRun' }],
      leave: 'at_once',
    });
    const more = press(run, ['ctrl-c', 'ctrl-c', 'a', 'y', 'p', 'x', 'D', 'q']);
    expect(more.controls).toEqual([{ type: 'abortRun' }]);
    expect(press(run, ['a', 'y', 'a']).screen.message?.text).toContain('is being aborted');
  });

  it('takes a first Ctrl-C for no hurry where somebody else has aborted', () => {
    const run = working(2);
    run.tell({ type: 'run.stopping', reason: 'cancelled', detail: '' });
    const once = press(run, ['ctrl-c']);
    expect(once).toMatchObject({ controls: [], leave: null, screen: { dialog: 'none' } });
    expect(once.screen.message?.text).toContain('the run is being aborted; Ctrl-C');
    expect(press(run, ['ctrl-c', 'ctrl-c']).leave).toBe('at_once');
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

  it('calls a space by its name', () => {
    expect(press(working(2), [' ']).screen.message?.text).toBe('Space does nothing here: ? shows the keys');
  });

  it('forgets the message with the next key', () => {
    expect(press(working(2), ['z', 'tab']).screen.message).toBeNull();
  });
});

describe('a key that steers', () => {
  it.each([
    ['x', { type: 'abortSlot', slot: 2 }, 'slot 2 ends its iteration of app-2'],
    ['s', { type: 'skipTask', task: 'app-2' }, 'app-2 is left alone by this run'],
    ['D', { type: 'drainRun' }, 'no further iteration begins'],
  ])('%s asks once, does it, and says what it has done', (key, control, text) => {
    const run = working(3);
    expect(press(run, ['2', key])).toMatchObject({
      controls: [],
      screen: { dialog: { type: control.type } },
    });
    for (const back of ['escape', 'n', 'q']) {
      expect(press(run, ['2', key, back])).toMatchObject({ controls: [], screen: { dialog: 'none' } });
    }
    const unclear = press(run, ['2', key, key]);
    expect(unclear).toMatchObject({ controls: [], screen: { dialog: { type: control.type } } });
    expect(unclear.screen.message?.text).toBe('y does it, Esc goes back');
    const done = press(run, ['2', key, 'y']);
    expect(done).toMatchObject({ controls: [control], screen: { dialog: 'none' } });
    expect(done.screen.message?.text).toContain(text);
    expect(press(run, ['2', key, 'ctrl-c'])).toMatchObject({ controls: [], screen: { dialog: 'quit' } });
  });

  it.each([
    ['x', 'slot 1 works on nothing just now'],
    ['s', 'slot 1 works on nothing just now'],
    ['r', 'slot 1 has ended no task that could be tried again'],
  ])('%s says why it cannot act', (key, why) => {
    const { controls, screen } = press(new LiveExample(2), [key]);
    expect({ controls, dialog: screen.dialog }).toEqual({ controls: [], dialog: 'none' });
    expect(screen.message?.text).toBe(`${key} cannot be used now: ${why}`);
  });

  it.each(['D', 'r'])('%s says that the run ends already', (key) => {
    const run = working(2);
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    const { controls, screen } = press(run, [key]);
    expect({ controls, dialog: screen.dialog }).toEqual({ controls: [], dialog: 'none' });
    expect(screen.message?.text).toContain('the run is ending');
  });

  it('never aborts another task than the one that was asked about', () => {
    const run = working(2);
    const asked = press(run, ['2', 'x']).screen;
    run.end(2, 'app-2', 'gate_red', 'failed');
    run.begin(2, 'app-9');
    const { controls, screen } = press(run, ['y'], asked);
    expect(controls).toEqual([]);
    expect(screen.message?.text).toBe('slot 2 works on app-2 no more: nothing is aborted');
  });

  it('r retries what the slot has worked on last and not done', () => {
    const run = working(2);
    expect(press(run, ['2', 'r']).controls).toEqual([]);
    run.at = '2026-11-22T10:20:30.000Z';
    run.end(2, 'app-2', 'gate_red', 'failed');
    const retried = press(run, ['2', 'r']);
    expect(retried.controls).toEqual([{ type: 'retryTask', task: 'app-2' }]);
    expect(retried.screen.message?.text).toContain('app-2 is taken again');
    run.at = '2026-11-22T10:21:00.000Z';
    run.begin(2, 'app-3');
    run.at = '2026-11-22T10:22:00.000Z';
    run.end(2, 'app-3', 'merged', 'merged');
    expect(press(run, ['2', 'r']).controls).toEqual([{ type: 'retryTask', task: 'app-2' }]);
    run.begin(1, 'app-2');
    expect(press(run, ['2', 'r']).controls).toEqual([]);
  });

  it.each(['p', 'P', 'x', 's', 'r', 'D', 'a'])('%s means the same over what is read', (key) => {
    const run = working(3);
    run.end(2, 'app-2', 'gate_red', 'failed');
    if (key !== 'r') run.begin(2, 'app-4');
    const { screen, controls } = press(run, ['2', key, 'y']);
    expect(controls.length).toBeGreaterThan(0);
    expect(press(run, ['2', 'enter', key, 'y'])).toMatchObject({
      controls,
      screen: { ...screen, focus: {}, message: { text: screen.message?.text } },
    });
  });
});

describe('+ and -', () => {
  it('add a slot and remove the highest one, and say what follows', () => {
    const run = working(3);
    const added = press(run, ['+']);
    expect(added.controls).toEqual([{ type: 'addSlot' }]);
    expect(added.screen.message?.text).toBe('slot 4 is added: there are 4');
    const busy = press(run, ['-']);
    expect(busy.controls).toEqual([{ type: 'removeSlot' }]);
    expect(busy.screen.message?.text).toBe('slot 3 goes when its iteration of app-3 has ended: 2 are left');
    run.tell({ type: 'slots.changed', slots: 4 });
    expect(press(run, ['-']).screen.message?.text).toBe('slot 4 is removed: 3 are left');
  });

  it.each([
    [16, {}, '+', 'there are 16 slots already'],
    [1, { mode: 'serial', trunk: null }, '+', 'works in the checkout itself'],
    [1, {}, '-', 'it is the last slot: pause it, or drain the run'],
  ])('with %d slots %j, %s says why it cannot act', (slots, fields, key, why) => {
    const { controls, screen } = press(new LiveExample(slots, fields), [key]);
    expect(controls).toEqual([]);
    expect(screen.message?.text).toContain(`${key} cannot be used now: `);
    expect(screen.message?.text).toContain(why);
  });

  it.each(['+', '-'])('%s says that the run is ending', (key) => {
    const run = working(2);
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    const { controls, screen } = press(run, [key]);
    expect(controls).toEqual([]);
    expect(screen.message?.text).toContain('the run is ending');
  });

  it('leave a removed slot on the screen until its iteration has ended', () => {
    const run = working(3);
    const third = press(run, ['3']).screen;
    run.tell({ type: 'slots.changed', slots: 2 });
    expect(run.view.snapshot().slots).toHaveLength(3);
    const paused = press(run, ['p'], third);
    expect(paused.controls).toEqual([]);
    expect(paused.screen.message?.text).toContain('slot 3 is removed, it takes no further task');
    expect(press(run, ['P'], third).controls).toHaveLength(2);
    expect(press(run, ['x', 'y'], third).controls).toEqual([{ type: 'abortSlot', slot: 3 }]);
    run.end(3, 'app-3', 'merged', 'merged');
    expect(run.view.snapshot().slots).toHaveLength(2);
    expect(press(run, ['p'], third).controls).toEqual([{ type: 'pauseSlot', slot: 2 }]);
    run.tell({ type: 'slots.changed', slots: 3 });
    expect(press(run, ['p'], third).controls).toEqual([{ type: 'pauseSlot', slot: 3 }]);
  });
});

describe('b', () => {
  const LIMITS = { max_iter: null, budget_tokens: 2_000_000, budget_cost: null, budget_wall_ms: 3_600_000 };
  const bounded = (): LiveExample => new LiveExample(2, { limits: LIMITS });

  it('raises the limit that is chosen to what is typed', () => {
    const typed = press(bounded(), ['b', 'tab', 'q', '9', 'backspace', 'backspace', '1', 'h', '30m']);
    expect(typed).toMatchObject({
      controls: [],
      screen: { raising: { name: 'budget_wall_ms', text: '1h30m' } },
    });
    const sent = press(bounded(), ['enter'], typed.screen);
    expect(sent.controls).toEqual([{ type: 'raiseLimits', limits: { budget_wall_ms: 5_400_000 } }]);
    expect(sent.screen).toMatchObject({ raising: null, message: { text: 'the limit is now 1h30m' } });
  });

  it('goes round the limits that there are', () => {
    for (const [keys, name] of [
      [['b'], 'budget_tokens'],
      [['b', 'up'], 'budget_wall_ms'],
      [['b', '5', 'down', 'down'], 'budget_tokens'],
    ] as const)
      expect(press(bounded(), keys).screen.raising).toEqual({ name, text: '' });
  });

  it.each([
    [['enter'], 'type what it is to be, or Esc'],
    [['2', 'x', 'enter'], '2x must be a whole number'],
    [['2000000', 'enter'], 'the limit is 2000000 tokens already: it can only be raised'],
  ])('%j leaves it open and says what is missing', (keys, text) => {
    expect(press(bounded(), ['b', ...keys])).toMatchObject({
      controls: [],
      screen: { raising: { name: 'budget_tokens' }, message: { text } },
    });
  });

  it('raises nothing by Esc, nor where there is no limit, nor in a run that is ending', () => {
    const left = press(bounded(), ['b', '9', 'escape']);
    expect(left).toMatchObject({
      controls: [],
      screen: { raising: null, message: { text: 'no limit is raised' } },
    });
    const none = press(working(2), ['b']).screen;
    expect(none).toMatchObject({ raising: null, message: { text: expect.stringContaining('has no limit') } });
    const run = bounded();
    const typed = press(run, ['b', '9000000']).screen;
    run.tell({ type: 'run.stopping', reason: 'budget_tokens', detail: '' });
    expect(press(run, ['b']).screen.message?.text).toContain('the run is ending');
    const late = press(run, ['enter'], typed);
    expect(late.controls).toEqual([]);
    expect(late.screen.message?.text).toContain('the run is ending');
  });
});

describe('a note', () => {
  it('is typed for the task of the selected slot, and sent by Enter', () => {
    const run = working(2);
    const typed = press(run, ['2', 'n', 'q', 'x', ' ', '日本', 'tab', 'ctrl-d', '👨‍👩‍👧', 'backspace', '?']);
    expect(typed).toMatchObject({ controls: [], screen: { note: { task: 'app-2', text: 'qx 日本?' } } });
    const sent = press(run, ['enter'], typed.screen);
    expect(sent.controls).toEqual([{ type: 'noteTask', to: { task: 'app-2' }, text: 'qx 日本?' }]);
    expect(sent.screen).toMatchObject({
      note: null,
      message: { text: 'it goes into the next prompt of app-2' },
    });
  });

  it('stays with its task when the slot goes on, and says when that is done', () => {
    const run = working(2);
    const typed = press(run, ['2', 'n', 'x']).screen;
    run.end(2, 'app-2', 'gate_red', 'failed');
    run.begin(2, 'app-9');
    expect(press(run, ['enter'], typed).controls).toMatchObject([{ to: { task: 'app-2' } }]);
    run.end(1, 'app-1', 'merged', 'merged');
    run.begin(1, 'app-8');
    const late = press(run, ['enter'], { note: { task: taskIdSchema.parse('app-1'), text: 'x' } });
    expect(late.controls).toEqual([]);
    expect(late.screen.message?.text).toBe('app-1 is done');
  });

  it.each([
    [['n', 'a', 'escape'], 'no note is sent'],
    [['n', 'enter'], 'nothing was typed, no note is sent'],
    [['n', ' ', 'enter'], 'nothing was typed, no note is sent'],
    [['n', 'x'.repeat(10_001), 'enter'], 'the note is longer than a prompt takes, it is not sent'],
  ])('sends nothing by %j', (keys, text) => {
    expect(press(working(2), keys)).toMatchObject({
      controls: [],
      screen: { note: null, message: { text } },
    });
  });

  it('says why none can be written', () => {
    const run = new LiveExample(2);
    expect(press(run, ['n']).screen).toMatchObject({
      note: null,
      message: { text: 'n cannot be used now: slot 1 works on nothing just now' },
    });
    run.tell({ type: 'run.stopping', reason: 'max_iter', detail: '' });
    expect(press(run, ['n']).screen.message?.text).toContain('the run is ending');
  });

  it('outlives a question that Ctrl-C asks', () => {
    expect(press(working(2), ['n', 'a', 'ctrl-c', 'escape', 'b']).screen.note?.text).toBe('ab');
  });
});

describe('pressKey in a screen that is attached', () => {
  const attached = (...keys: readonly string[]) => press(working(2), keys, {}, true);

  it.each([['q'], ['ctrl-c']])('asks by %s what is to become of the run', (key) => {
    expect(attached(key)).toMatchObject({ screen: { dialog: 'leave' }, controls: [], leave: null });
  });

  it.each([
    [['q', 'd'], [], 'left'],
    [['ctrl-c', 'ctrl-c'], [], 'left'],
    [['q', 'f'], [{ type: 'drainRun' }], null],
    [['q', 'a'], [{ type: 'abortRun' }], null],
    [['q', 'a', 'ctrl-c', 'ctrl-c'], [{ type: 'abortRun' }], 'left'],
    [['q', 'n'], [], null],
    [['q', 'x'], [], null],
  ])('%j', (keys, controls, leave) => {
    expect(attached(...keys)).toMatchObject({ controls, leave });
  });

  it('asks before it aborts by its key, as everywhere', () => {
    expect(attached('a')).toMatchObject({ screen: { dialog: 'abort' }, controls: [] });
  });
});
