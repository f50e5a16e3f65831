import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConflictFacts, conflictBug } from '../../source/engine/conflict-bug.js';
import { runIdSchema, shaSchema } from '../../source/engine/ids.js';
import { taskId } from './queue/stored-tasks.js';

const RUN = runIdSchema.parse('loop-20261122T101500Z-3fa9c1d2');

function facts(more: Partial<ConflictFacts> = {}): ConflictFacts {
  return {
    run: RUN,
    worker: 3,
    task: { id: taskId('app-7'), title: 'Fix the time-zone bug' },
    reason: 'conflicts with what was merged meanwhile: src/time.ts',
    files: ['src/time.ts', 'src/zone.ts'],
    others: ['app-5', 'app-6'],
    path: '/home/me/.hew/wt/loop-x/3',
    branch: `loop/${RUN}/w3`,
    landing_branch: 'main',
    trunk: `loop/${RUN}/trunk`,
    trunk_sha: shaSchema.parse('a'.repeat(40)),
    messages: 'CONFLICT (content): Merge conflict in src/time.ts',
    conflict: true,
    close_command: 'hew task close <the id of this task>',
    ...more,
  };
}

/** The command lines that the bug gives, without their comments. */
function commandsOf(bug: ReturnType<typeof conflictBug>): string[] {
  const lines = (bug.description ?? '').split('\n').filter((line) => line.startsWith('    '));
  return lines.map((line) => line.trim()).filter((line) => !line.startsWith('#'));
}

describe('conflictBug', () => {
  it('is a bug that agents never take, with the title that the earlier hew gave', () => {
    expect(conflictBug(facts())).toMatchObject({
      title: `[merge-conflict] hew loop run ${RUN} worker-3`,
      issue_type: 'bug',
      priority: 2,
      labels: ['merge-conflict'],
    });
  });

  it('names the files, the tasks and the branches, and what git said', () => {
    const { description } = conflictBug(facts());
    for (const said of [
      'app-7',
      'Fix the time-zone bug',
      '- src/time.ts\n- src/zone.ts',
      'app-5, app-6',
      `loop/${RUN}/w3`,
      'on branch main',
      'a'.repeat(40),
      'CONFLICT (content): Merge conflict in src/time.ts',
    ]) {
      expect(description).toContain(said);
    }
  });

  it('resolves it with the landed branch, never with trunk, which a landing removes', () => {
    const bug = conflictBug(facts());
    expect(commandsOf(bug)).toEqual([
      'cd /home/me/.hew/wt/loop-x/3',
      'git merge main',
      'git add --all && git commit --no-edit',
      'hew task close <the id of this task>',
    ]);
    expect(bug.description).not.toContain('/trunk');
  });

  it('names trunk where there is no branch to land on', () => {
    expect(commandsOf(conflictBug(facts({ landing_branch: null })))).toContain(`git merge loop/${RUN}/trunk`);
  });

  it('tells nobody to merge where the work does not merely conflict', () => {
    const parked = conflictBug(
      facts({
        conflict: false,
        files: [],
        others: [],
        messages: '',
        reason: 'vendor/lib is a git repository of its own',
      }),
    );
    expect(commandsOf(parked)).toEqual([
      'cd /home/me/.hew/wt/loop-x/3',
      'git status',
      'hew task close <the id of this task>',
    ]);
    expect(parked.description).toContain('vendor/lib is a git repository of its own');
    expect(parked.description).not.toMatch(/Files:|It meets|What git said/);
  });

  it('quotes paths and branches so that a shell takes them as they are', async () => {
    // What git allows in a branch and the file system in a path, and a person can paste as one line.
    const word = fc.string({
      unit: fc.constantFrom(...`aZ0 '"$\`\\;&|<>(){}*?!#~=-ü`.split('')),
      minLength: 1,
      maxLength: 12,
    });
    const words = fc.sample(word, 40).map((each) => `/x${each}`);
    const quoted = words.map((path) =>
      (commandsOf(conflictBug(facts({ path })))[0] ?? '').replace(/^cd /, ''),
    );
    const { stdout } = await execa('sh', ['-c', `printf '%s\\n' ${quoted.join(' ')}`]);
    expect(stdout.split('\n')).toEqual(words);
  });
});
