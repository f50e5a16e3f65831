import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingWord } from '../../source/engine/agents/closing-word.js';
import { buildPrompt, type PromptFacts } from '../../source/engine/prompt.js';
import { storedTask, taskId } from './queue/stored-tasks.js';

const TASK = { id: 'app-7', title: 'Fix the time-zone bug', description: 'Dates are off by one.' };

function facts(more: Partial<PromptFacts> = {}): PromptFacts {
  return {
    task: storedTask(TASK),
    worktree: '/home/me/.hew/wt/loop-x/0',
    branch: 'loop/loop-x/w0',
    gate: [
      { name: 'test', command: 'npm test' },
      { name: 'lint', command: 'npm run lint' },
    ],
    attempt: 1,
    attempts: 2,
    previous: null,
    told: [],
    ...more,
  };
}

describe('buildPrompt', () => {
  it('holds all that is known of the task, where it is worked on, and how it is ended', () => {
    const task = storedTask({ ...TASK, acceptance_criteria: 'No date is off.', notes: 'Seen in Tokyo.' });
    const { text } = buildPrompt(facts({ task }));
    for (const part of [
      '# Task app-7: Fix the time-zone bug',
      'Dates are off by one.',
      '## Acceptance criteria\n\nNo date is off.',
      '## Notes\n\nSeen in Tokyo.',
      'Worktree: /home/me/.hew/wt/loop-x/0',
      'Branch: loop/loop-x/w0',
      'Attempt: 1 of 2',
      'npm test',
      'npm run lint',
      'blocked <task id>: <why>',
    ]) {
      expect(text).toContain(part);
    }
    expect(text.trimEnd().endsWith('closed app-7')).toBe(true);
  });

  it('leaves out what the task does not say', () => {
    const { text } = buildPrompt(facts());
    expect(text).not.toContain('Acceptance criteria');
    expect(text).not.toContain('## Notes');
    expect(text).not.toMatch(/\n{3}/);
  });

  it('tells why the attempt before failed, with the end of the output and where its work is', () => {
    const previous = {
      attempt: 1,
      reason: 'the gate is red: npm test',
      tail: '1 failed: time.test.ts',
      salvage: 'refs/hew/salvage/loop-x/w0/1',
    };
    const { text } = buildPrompt(facts({ attempt: 2, previous }));
    expect(text).toContain('Attempt: 2 of 2');
    expect(text).toContain('## Attempt 1 failed\n\nthe gate is red: npm test');
    expect(text).toContain('git diff HEAD...refs/hew/salvage/loop-x/w0/1');
    expect(text.endsWith('1 failed: time.test.ts\n')).toBe(true);
    const bare = buildPrompt(facts({ attempt: 2, previous: { ...previous, tail: '', salvage: null } })).text;
    expect(bare).not.toContain('git diff');
    expect(bare).not.toContain('The end of the output');
  });

  it('says in a run without a gate that nothing checks the work', () => {
    expect(buildPrompt(facts({ gate: [] })).text).toContain('No tests are run');
  });

  it('begins alike for every task of a run, so that a runtime can cache it; the hash tells that beginning', () => {
    const text = fc.string();
    const other = fc.record({
      title: text,
      description: text,
      notes: text,
      attempt: fc.integer({ min: 1, max: 9 }),
    });
    const first = buildPrompt(facts());
    const shared = first.text.slice(0, first.text.indexOf('# Task'));
    expect(first.prefix_hash).toMatch(/^[0-9a-f]{16}$/);
    fc.assert(
      fc.property(other, ({ attempt, ...fields }) => {
        const task = { ...facts().task, ...fields, id: taskId('app-8') };
        const { text, prefix_hash } = buildPrompt(
          facts({ task, attempt, worktree: '/elsewhere', branch: 'loop/y/w9' }),
        );
        expect(prefix_hash).toBe(first.prefix_hash);
        expect(text.startsWith(shared)).toBe(true);
      }),
    );
    const ungated = buildPrompt(facts({ gate: [] }));
    expect(ungated.prefix_hash).not.toBe(first.prefix_hash);
  });

  it('asks for a line that hew understands', () => {
    const last = buildPrompt(facts()).text.trimEnd().split('\n').at(-1) ?? '';
    expect(closingWord(last.replace(/^.*: /, ''), taskId('app-7'))).toEqual({ kind: 'closed' });
  });
});
