import { describe, expect, it } from 'vitest';
import { answerVisit, beginVisit } from '../../source/components/press-visit-key.js';
import { LiveExample } from './live-example.js';

const { state } = new LiveExample(2);
const PLACE = { worker: 1, path: state.workers.get(1)?.path };

describe('beginVisit', () => {
  it('asks for the program where there are two, and opens a shell where there is no editor', () => {
    expect(beginVisit(state, 2, true)).toBe('ask');
    expect(beginVisit(state, 2, false)).toEqual({ ...PLACE, program: 'shell' });
  });

  it.each([true, false])('says why there is no worktree to open', (hasEditor) => {
    const run = new LiveExample(3);
    run.begin(1, 'app-1');
    run.tell(
      { type: 'worker.parked', worker: 0, task: 'app-1', reason: 'conflict', bug: null, result: null },
      { type: 'worker.removed', worker: 1 },
    );
    const said = [1, 2, 3, 4].map((slot) => beginVisit(run.state, slot, hasEditor));
    expect(said).toMatchObject([
      { text: 'e cannot be used now: slot 1 has no worktree just now', controls: [] },
      { text: 'e cannot be used now: the worktree of slot 2 has been removed', controls: [] },
      hasEditor ? 'ask' : { program: 'shell', worker: 2 },
      { text: 'e cannot be used now: slot 4 has no worktree just now' },
    ]);
  });
});

describe('answerVisit', () => {
  it.each([
    ['e', { ...PLACE, program: 'editor' }],
    ['s', { ...PLACE, program: 'shell' }],
    ['escape', 'taken back'],
    ['x', null],
  ])('takes %s', (key, answer) => {
    expect(answerVisit(state, 2, key)).toEqual(answer);
  });

  it('says why when the worktree has gone while it asked', () => {
    const run = new LiveExample(2);
    run.tell({ type: 'worker.removed', worker: 1 });
    expect(answerVisit(run.state, 2, 'e')).toMatchObject({ text: expect.stringContaining('removed') });
  });
});
