import { describe, expect, test } from 'vitest';
import { asScripted, type EndedTask } from '../../source/demo/as-scripted.js';
import { DEMO_TASKS } from '../../source/demo/demo-tasks.js';

/** The end that the script has in mind: the first task is in conflict with the second one. */
const SCRIPTED: readonly EndedTask[] = DEMO_TASKS.map((task, index) => ({
  id: `tea-shop-${index + 1}`,
  title: task.title,
  fate: index === 0 ? 'conflicted' : 'merged',
  tries: task.mistake === undefined ? 1 : 2,
  bug: index === 0 ? 'tea-shop-13' : null,
}));

function changed(index: number, fields: Partial<EndedTask>): readonly EndedTask[] {
  return SCRIPTED.map((task, at) => (at === index ? { ...task, ...fields } : task));
}

describe('asScripted', () => {
  test('names the conflict, the task that was filed for it, and the task that was tried again', () => {
    expect(asScripted(SCRIPTED, true)).toEqual({
      kind: 'as_scripted',
      conflicted: 'tea-shop-1',
      merged: 'tea-shop-2',
      bug: 'tea-shop-13',
      retried: 'tea-shop-5',
    });
    const [first, second, ...others] = SCRIPTED;
    const other = [{ ...first!, fate: 'merged' }, { ...second!, fate: 'conflicted', bug: 'x' }, ...others];
    expect(asScripted(other, true)).toMatchObject({ conflicted: 'tea-shop-2', merged: 'tea-shop-1' });
  });

  test.each([
    [
      changed(0, { fate: 'merged' }),
      /^one of the two greetings .* tea-shop-1 is merged and tea-shop-2 is merged$/,
    ],
    [changed(1, { fate: 'failed' }), /tea-shop-1 is conflicted and tea-shop-2 is failed$/],
    [changed(3, { fate: 'open again' }), /^tea-shop-4 was to be merged, but is open again$/],
    [changed(3, { fate: null }), /^tea-shop-4 was to be merged, but is in work$/],
    [changed(4, { tries: 1 }), /^tea-shop-5 was to be merged at try 2, but took 1$/],
    [changed(5, { tries: 2 }), /^tea-shop-6 was to be merged at try 1, but took 2$/],
    [SCRIPTED.slice(0, -1), /^"Print the receipt" was not worked on$/],
  ])('tells what went otherwise', (tasks, told) => {
    expect(asScripted(tasks, true)).toEqual({ kind: 'otherwise', problems: [expect.stringMatching(told)] });
  });

  test('what has not landed is not as scripted', () => {
    expect(asScripted(SCRIPTED, false)).toMatchObject({ kind: 'otherwise' });
    expect(asScripted([], true)).toMatchObject({ kind: 'otherwise' });
  });
});

describe('the tasks of the demo', () => {
  test('are a dozen, and blockers come before what they block', () => {
    expect(DEMO_TASKS).toHaveLength(12);
    const seen = new Set<string>();
    for (const { name, after } of DEMO_TASKS) {
      for (const blocker of after) expect(seen).toContain(blocker);
      seen.add(name);
    }
    expect(seen.size).toBe(12);
  });
});
