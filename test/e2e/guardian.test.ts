import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type LedgerLine, readLedger } from '../../source/engine/processes/ledger-lines.js';
import type { GroupLeader } from '../../source/engine/processes/process-set.js';
import { processStart } from '../../source/engine/processes/process-table.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { startSteppedAgents, type SteppedAgents } from '../stepped-agents.js';
import { fileTitled } from './file-titled.js';
import { type HewProcess, startHew } from './hew-process.js';
import { GATED, startLoop } from './loop-run.js';

/** It clears its environment, so that only its group and its parents tell whose it is. */
const UNMARKED = 'env -i /bin/sh -c "trap : TERM HUP; while :; do sleep 1; done" >/dev/null 2>&1 & echo $!';

function ledgerOf(project: GitProject, run: string): string {
  return join(project.path, '.hew', 'loop', run, 'processes.jsonl');
}

async function guardianOf(project: GitProject, run: string): Promise<GroupLeader> {
  const lines = await readLedger(ledgerOf(project, run));
  const found = lines.findLast(
    (line): line is Extract<LedgerLine, { type: 'guarded' }> => line.type === 'guarded',
  );
  if (!found) throw new Error(`${run} has no guardian`);
  return found.guardian;
}

async function lives(pid: number): Promise<boolean> {
  return (await processStart(pid)) !== null;
}

/** What is not our child sends us no event when it ends. The test's own time limit bounds it. */
async function untilGone(...pids: readonly number[]): Promise<void> {
  while ((await Promise.all(pids.map(lives))).includes(true)) await pause(20);
}

/** A run with an agent that does all it can to go on for ever; every process that it has. */
async function startWildRun(
  project: GitProject,
  agents: SteppedAgents,
): Promise<{ readonly hew: HewProcess; readonly run: string; readonly pids: readonly number[] }> {
  const [one] = await fileTitled(project, 'One');
  const hew = startHew(project, { flags: ['--jobs', '2', '--agent-command', agents.command] });
  const { run_id } = await hew.until('run.started');
  const agent = await agents.next({ task: one });
  await agent.ignoreTerm();
  const pids = [
    agent.pid,
    await agent.daemon(),
    await agent.daemon({ inherit: true }),
    Number((await agent.runProgram('sh', '-c', UNMARKED)).stdout),
    Number((await agent.runProgram('sh', '-c', 'nohup setsid sleep 600 >/dev/null 2>&1 & echo $!')).stdout),
  ];
  return { hew, run: run_id, pids };
}

describe('the guardian', () => {
  test('ends all that a killed hew has left, and then itself', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const { hew, run, pids } = await startWildRun(project, agents);
    const guardian = await guardianOf(project, run);
    hew.kill('SIGKILL');
    // Whoever reads hew's output sees its end at once: the guardian holds nothing of it.
    await hew.ended;
    expect(await lives(guardian.pid)).toBe(true);
    await untilGone(...pids, guardian.pid);
    expect(await markedProcesses(run)).toEqual([]);
    expect(await readFile(ledgerOf(project, run), 'utf8')).toMatch(/\{"type":"closed"\}\n$/);
  });

  test('of one project leaves the processes of another alone', async () => {
    await using one = await makeGitProject({ files: GATED });
    await using other = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await using otherAgents = await startSteppedAgents();
    const killed = await startWildRun(one, agents);
    const living = await startWildRun(other, otherAgents);
    killed.hew.kill('SIGKILL');
    await untilGone(...killed.pids, (await guardianOf(one, killed.run)).pid);
    const left = [...living.pids, (await guardianOf(other, living.run)).pid];
    expect(await Promise.all(left.map(lives))).not.toContain(false);
    living.hew.kill('SIGTERM');
    expect((await living.hew.ended).code).toBe(130);
    expect(await Promise.all(left.map(lives))).not.toContain(true);
  });

  test('ends with a run that ends in order, and carries no mark of it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next({ task: one });
    const guardian = await guardianOf(project, run.run);
    expect((await markedProcesses(run.run)).some((line) => line.includes('guardian'))).toBe(false);
    await agent.write('one.txt', 'one\n');
    await agent.close();
    expect(await run.ended).toBe(0);
    expect(await lives(guardian.pid)).toBe(false);
    const lines = await readLedger(ledgerOf(project, run.run));
    expect(lines.filter(({ type }) => type === 'started')).toHaveLength(
      lines.filter(({ type }) => type === 'ended').length,
    );
    expect(lines.at(-1)).toEqual({ type: 'closed' });
  });

  test('is replaced when it is killed, and does not listen to what ends a terminal', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const { hew, run, pids } = await startWildRun(project, agents);
    const first = await guardianOf(project, run);
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.kill(first.pid, signal);
    expect(await lives(first.pid)).toBe(true);
    process.kill(first.pid, 'SIGKILL');
    let second = first;
    while (second.pid === first.pid) {
      await pause(20);
      second = await guardianOf(project, run);
    }
    hew.kill('SIGKILL');
    await untilGone(...pids, second.pid);
  });

  test('that was killed with its hew leaves its work to the next hew command', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const { hew, run, pids } = await startWildRun(project, agents);
    const guardian = await guardianOf(project, run);
    process.kill(hew.pid, 'SIGSTOP');
    process.kill(guardian.pid, 'SIGKILL');
    hew.kill('SIGKILL');
    await hew.ended;
    expect(await Promise.all(pids.map(lives))).not.toContain(false);
    const next = startHew(project, { flags: ['--dry-run', '--agent-command', 'true'] });
    await next.ended;
    expect(await Promise.all(pids.map(lives))).not.toContain(true);
    expect(await markedProcesses(run)).toEqual([]);
  });
});
