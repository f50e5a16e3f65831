import { describe, expect, it } from 'vitest';
import {
  FIRST_SUMMARY,
  pressSummaryKey,
  type SummaryFacts,
  type SummaryState,
} from '../../source/components/press-summary-key.js';
import { taskId } from '../engine/queue/stored-tasks.js';

const TASKS: SummaryFacts['tasks'] = new Map(
  ['app-1', 'app-2', 'app-3.1'].map((id) => [id, { id: taskId(id) }]),
);
const LINES = [
  ' hew  loop-x',
  ' 1  app-2: gate red',
  ' task   fate',
  ' app-1  merged  See app-2',
  ' app-2  failed',
  ' The End',
];
const FACTS: SummaryFacts = { lines: LINES, page: 3, tasks: TASKS };

function press(...keys: readonly string[]): SummaryState | 'leave' {
  let state: SummaryState | 'leave' = FIRST_SUMMARY;
  for (const key of keys) if (state !== 'leave') state = pressSummaryKey(state, key, FACTS);
  return state;
}

describe('pressSummaryKey', () => {
  it('moves, with the line that the cursor is on in sight', () => {
    expect(press('j', 'down', 'j')).toMatchObject({ place: { selected: 3, first: 1 } });
    expect(press('G', 'g')).toMatchObject({ place: { selected: 0, first: 0 } });
    expect(press('G', 'j', 'page up')).toMatchObject({ place: { selected: 2, first: 2 } });
  });

  it('goes from task to task, and says where there is none', () => {
    expect(press('tab')).toMatchObject({ place: { selected: 1 } });
    expect(press('tab', 'tab', 'tab', 'shift-tab')).toMatchObject({ place: { selected: 3 } });
    expect(press('G', 'tab')).toMatchObject({
      place: { selected: 5 },
      message: 'no line below names a task',
    });
  });

  it('opens the story of the first task that a line names, and comes back to where that was', () => {
    expect(press('tab', 'enter')).toMatchObject({ story: { task: 'app-2' }, place: { selected: 0 } });
    const story = press('tab', 'tab', 'enter', 'j');
    expect(story).toMatchObject({ story: { task: 'app-1' }, place: { selected: 1 } });
    expect(press('tab', 'tab', 'enter', 'j', 'escape')).toMatchObject({
      story: null,
      place: { selected: 3 },
    });
    expect(press('enter')).toMatchObject({ story: null, message: expect.stringContaining('names no task') });
  });

  it('finds text, around the end and back, and says where there is none', () => {
    const search = (text: string): string[] => ['/', ...Array.from(text), 'enter'];
    expect(press(...search('end'))).toMatchObject({ place: { selected: 5 }, search: 'end', typing: null });
    expect(press(...search('app-2'), 'n', 'n')).toMatchObject({ place: { selected: 4 }, message: null });
    expect(press(...search('app-2'), 'n', 'n', 'n')).toMatchObject({
      place: { selected: 1 },
      message: 'found from the beginning on',
    });
    expect(press(...search('app-2'), 'N')).toMatchObject({
      place: { selected: 4 },
      message: 'found from the end back',
    });
    expect(press(...search('END'))).toMatchObject({ place: { selected: 0 }, message: 'END is nowhere here' });
    expect(press('n')).toMatchObject({ message: 'nothing was searched yet: / searches' });
    // What is typed means nothing else, and Esc takes it back.
    expect(press('/', 'q', 'j')).toMatchObject({ typing: 'qj', place: { selected: 0 } });
    expect(press('/', 'q', 'escape')).toMatchObject({ typing: null, search: null });
  });

  it('is left by any other key; a story is not, but for Ctrl-C', () => {
    for (const key of ['q', 'escape', 'x', 'f', 'ctrl-c']) expect(press(key)).toBe('leave');
    expect(press('tab', 'enter', 'x')).toMatchObject({ message: expect.stringContaining('x does nothing') });
    expect(press('tab', 'enter', 'enter')).toMatchObject({ story: { task: 'app-2' } });
    expect(press('tab', 'enter', 'ctrl-c')).toBe('leave');
    expect(press('/', 'ctrl-c')).toBe('leave');
  });

  it('does nothing wrong where there is nothing to read', () => {
    const facts = { ...FACTS, lines: [] };
    for (const key of ['j', 'G', 'tab', 'enter'])
      expect(pressSummaryKey(FIRST_SUMMARY, key, facts)).not.toBe('leave');
    const searching = { ...FIRST_SUMMARY, search: 'x' };
    expect(pressSummaryKey(searching, 'n', facts)).toMatchObject({ message: 'x is nowhere here' });
  });
});
