import { describe, expect, test } from 'vitest';
import type { LoopSettings } from '../../source/engine/settings-schema.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents, type SteppedAgent } from '../stepped-agents.js';
import { failLikeClaude } from './claude-failures.js';
import { endedAttempts } from './ended-attempts.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

/** A way to fail that counts, and how the attempt is told then. */
interface CountedFailure {
  readonly name: string;
  /** What the agent does after it has written `work.txt`; one that fails of itself is named by `agent`. */
  act?(agent: SteppedAgent): Promise<void>;
  /** The command line of an agent that no test steps. */
  readonly agent?: string;
  readonly flags?: LoopSettings;
  readonly end: string;
  readonly outcome: string;
  readonly reason: RegExp;
  /** What is kept beside the files of the base. */
  readonly kept?: readonly string[];
}

const FAILURES: readonly CountedFailure[] = [
  {
    name: 'no closing word',
    act: async (agent) => {
      await agent.print('I think that it is done.\nclosed app-99\n');
      await agent.exit(0);
    },
    end: 'no_closing_word',
    outcome: 'no_close',
    reason: /closed <task id>/,
  },
  {
    name: 'the time of an iteration is over',
    agent: 'echo work > work.txt; sleep 600',
    flags: { iteration_timeout: 1_000 },
    end: 'iteration_timeout',
    outcome: 'runtime_error',
    reason: /--iteration-timeout/,
  },
  {
    name: 'no sign of life, neither output nor processor time',
    agent: 'echo work > work.txt; exec sleep 600',
    flags: { stall_timeout: 800 },
    end: 'stalled',
    outcome: 'runtime_error',
    reason: /sign of life|stalled|neither/,
  },
  {
    name: 'a crash by exit code, although it says closed',
    act: async (agent) => {
      await agent.print(`closed ${agent.task}\n`);
      await agent.printError('Segmentation fault\n');
      await agent.exit(3);
    },
    end: 'crashed',
    outcome: 'runtime_error',
    reason: /exited with 3: Segmentation fault/,
  },
  {
    name: 'an end by a signal that hew did not send',
    act: (agent) => agent.crash('SIGKILL'),
    end: 'killed',
    outcome: 'runtime_error',
    reason: /was ended by SIGKILL|exited with 137/,
  },
  {
    name: 'a refusal',
    act: (agent) => failLikeClaude(agent, 'refusal'),
    end: 'refusal',
    outcome: 'runtime_error',
    reason: /I cannot help with that/,
  },
  {
    name: 'a prompt that is too long',
    act: (agent) => failLikeClaude(agent, 'prompt_too_long'),
    end: 'prompt_too_long',
    outcome: 'runtime_error',
    reason: /Prompt is too long/,
  },
  {
    name: 'a merge that was left in progress',
    act: async (agent) => {
      await agent.git('add', '--all');
      await agent.git('commit', '--quiet', '--message', 'Mine');
      await agent.git('checkout', '--quiet', '-b', 'aside', 'HEAD~1');
      await agent.write('aside.txt', 'aside\n');
      await agent.git('add', '--all');
      await agent.git('commit', '--quiet', '--message', 'Aside');
      await agent.git('checkout', '--quiet', '-');
      await agent.git('merge', '--quiet', '--no-ff', '--no-commit', 'aside');
      await agent.git('branch', '--quiet', '-D', 'aside');
      await agent.close();
    },
    end: 'operation_in_progress',
    outcome: 'no_close',
    reason: /merge was left in progress/,
    kept: ['aside.txt', 'work.txt'],
  },
  {
    name: 'a history that does not hold its base any more',
    act: async (agent) => {
      await agent.git('checkout', '--quiet', '--orphan', 'new-world');
      await agent.git('add', '--all');
      await agent.git('commit', '--quiet', '--message', 'Begin again');
      await agent.git('checkout', '--quiet', '--detach');
      await agent.git('branch', '--quiet', '-D', 'new-world');
      await agent.close();
    },
    end: 'base_lost',
    outcome: 'no_close',
    reason: /does not stand on/,
  },
];

describe('an attempt that fails counts, its work is kept, and after the last one the task is a failure', () => {
  test.each(FAILURES)('$name', async (failure) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const flags = { attempts: 1, ...failure.flags };
    await using run = await startLoop(project, { agent: failure.agent ?? agents.command, flags });
    if (failure.act) {
      const agent = await agents.next({ task: one });
      await agent.write('work.txt', 'work\n');
      await failure.act(agent);
    }
    expect(await run.ended).toBe(1);
    const { end, outcome } = failure;
    const kept = [...BASE, ...(failure.kept ?? ['work.txt'])].sort();
    const [told, ...others] = await endedAttempts(project, run);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ task: one, attempt: 1, end, counted: true, fate: 'failed', outcome, kept });
    expect(told?.reason).toMatch(failure.reason);
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: ['hew-failed'] });
    expect(task?.notes).toContain(`${run.run}, attempt 1: ${told?.reason}`);
    expect(await filesIn(project, 'main')).toEqual(BASE);
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe(
      `refs/heads/main\n${told?.salvage}`,
    );
  });

  test('and before the last one it is tried again with the reason', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command, flags: { attempts: 3 } });
    const first = await agents.next();
    await first.crash('SIGTERM');
    const second = await agents.next();
    expect(second).toMatchObject({ task: one, attempt: 2, worker: first.worker });
    expect(second.prompt).toMatch(/Attempt 1 failed\n\nthe agent (was ended by SIGTERM|exited with 143)/);
    await second.exit(0);
    const third = await agents.next();
    expect(third).toMatchObject({ task: one, attempt: 3, worker: first.worker });
    expect(third.prompt).toContain('Attempt 2 failed\n\nthe agent ended without the line');
    await third.close();
    expect(await run.ended).toBe(0);
    expect((await endedAttempts(project, run)).map(({ end, counted }) => [end, counted])).toEqual([
      ['killed', true],
      ['no_closing_word', true],
      ['empty', false],
    ]);
  });
});

describe('a task that its agent calls blocked', () => {
  test('goes back open with the reason, and is not tried again', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.write('half.txt', 'half\n');
    await agent.print(`blocked ${one}: the API key is missing\n`);
    await agent.exit(0);
    expect(await run.ended).toBe(1);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({
        task: one,
        end: 'blocked',
        counted: false,
        fate: 'failed',
        outcome: 'no_close',
        reason: 'the API key is missing',
        kept: [...BASE, 'half.txt'],
      }),
    ]);
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: ['hew-failed'] });
    expect(task?.notes).toContain('the API key is missing');
    expect(await filesIn(project, 'main')).toEqual(BASE);
  });
});
