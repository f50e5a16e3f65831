import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingWord } from '../../source/engine/agents/closing-word.js';
import { buildPrompt, promptPrefix, type PromptFacts } from '../../source/engine/prompt.js';
import { storedTask, taskId } from './queue/stored-tasks.js';

const TASK = { id: 'app-7', title: 'Fix the time-zone bug', description: 'Dates are off by one.' };

function facts(more: Partial<PromptFacts> = {}): PromptFacts {
  return {
    prefix: 'How to work.',
    task: storedTask(TASK),
    worktree: '/home/me/.hew/wt/loop-x/0',
    branch: 'loop/loop-x/w0',
    gate: [
      { name: 'test', command: 'npm test' },
      { name: 'lint', command: 'npm run lint' },
    ],
    attempt: 1,
    attempts: 2,
    earlier: [],
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
      'blocked app-7: <why>',
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

  it('tells what each earlier attempt changed, why it failed and where its work is; only the last one with its output', () => {
    const first = {
      attempt: 1,
      how: 'failed' as const,
      reason: 'the gate is red: npm test',
      files: ['source/time.ts', 'test/time.test.ts'],
      tail: '1 failed: time.test.ts',
      salvage: 'refs/hew/salvage/loop-x/w0/1',
    };
    const second = { ...first, attempt: 2, files: [], tail: '2 failed', salvage: null };
    const { text } = buildPrompt(facts({ attempt: 3, attempts: 3, earlier: [first, second] }));
    expect(text).toContain('Attempt: 3 of 3');
    expect(text).toContain(
      '## Attempt 1 failed\n\nthe gate is red: npm test\n\nIt changed source/time.ts, test/',
    );
    expect(text).toContain('git diff HEAD...refs/hew/salvage/loop-x/w0/1');
    expect(text).not.toContain('1 failed: time.test.ts');
    expect(text).toContain(
      '## Attempt 2 failed\n\nthe gate is red: npm test\n\nThe end of the output:\n\n2 failed',
    );
  });

  it('tells of an attempt that was cut with its run that it did not fail, and where its work is', () => {
    const cut = {
      attempt: 1,
      how: 'cut' as const,
      reason: 'hew was cut in the middle of it',
      files: [],
      tail: '',
      salvage: 'refs/hew/salvage/loop-x/w0/1',
    };
    const { text } = buildPrompt(facts({ earlier: [cut] }));
    expect(text).toContain('## Attempt 1 was cut short\n\nhew was cut in the middle of it\n\n');
    expect(text).toContain('neither finished nor checked');
    expect(text).toContain('git diff HEAD...refs/hew/salvage/loop-x/w0/1');
    expect(text).not.toContain('failed');
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
    expect(buildPrompt(facts({ prefix: 'How to work!' })).prefix_hash).not.toBe(first.prefix_hash);
  });

  it('asks for a line that hew understands', () => {
    const last = buildPrompt(facts()).text.trimEnd().split('\n').at(-1) ?? '';
    expect(closingWord(last.replace(/^.*: /, ''), taskId('app-7'))).toEqual({ kind: 'closed' });
  });
});

describe('promptPrefix', () => {
  it('is the skill, and after it what is remembered, in the order of the queue', () => {
    expect(promptPrefix({ skill: 'How to work.', memories: [] })).toBe('How to work.');
    const memories = [
      { key: 'style', value: 'tabs' },
      { key: 'ci', value: 'slow on Mondays' },
    ];
    expect(promptPrefix({ skill: 'How to work.', memories })).toBe(
      'How to work.\n\n## What is remembered of this project\n\n- style: tabs\n- ci: slow on Mondays',
    );
  });
});
