import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { processStart } from '../../source/engine/processes/process-table.js';
import { fileTitled } from './file-titled.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

/** A server in a session of its own that writes into the worktree without end. */
const SERVER = 'setsid sh -c "while :; do echo x >> server.log; sleep 0.01; done" >/dev/null 2>&1 & echo $!';

describe('what an agent leaves running', () => {
  test('is gone before its work is committed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await first.write('one.txt', 'one\n');
    const pid = Number((await first.runProgram('sh', '-c', SERVER)).stdout);
    expect(await processStart(pid)).not.toBeNull();
    await first.close();
    await run.until('agent.finished');
    expect(await processStart(pid)).toBeNull();
    expect(await run.ended).toBe(0);
    expect(await project.git('show', 'main:one.txt')).toBe('one');
  });

  test('is killed at an abort, and so is an agent that does not listen', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await first.write('one.txt', 'one\n');
    await first.ignoreTerm();
    const pid = await first.daemon({ inherit: true });
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect([await processStart(first.pid), await processStart(pid)]).toEqual([null, null]);
    const finished = await run.until('iteration.finished');
    expect(finished).toMatchObject({ end: 'run_aborted', counted: false, fate: 'open again' });
    expect(await project.git('show', `${finished.salvage}:one.txt`)).toBe('one');
    expect((await queueOf(project).list()).ready).toEqual([one]);
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
  });
});
