import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CommandAgent } from '../source/engine/agents/command-agent.js';
import { runIdSchema, taskIdSchema } from '../source/engine/ids.js';
import type { AgentLine } from '../source/engine/ports.js';
import { processStart } from '../source/engine/processes/process-table.js';
import { makeGitProject, type GitProject } from './git-project.js';
import { startSteppedAgents, type SteppedAgents } from './stepped-agents.js';

let marks = 0;

/** Starts the stepped agent as hew would, and gives what is seen of it. */
function start(
  agents: SteppedAgents,
  project: GitProject,
  task: string,
  signal = new AbortController().signal,
) {
  const agent = new CommandAgent({
    command: agents.command,
    runtime: 'command',
    home: project.path,
    graceMs: 100,
  });
  const lines: AgentLine[] = [];
  const result = agent.run(
    {
      run: runIdSchema.parse('loop-20261123T000000Z-0123abcd'),
      task: taskIdSchema.parse(task),
      prompt: `Do ${task}.`,
      cwd: project.path,
      env: { ...project.env, HEW_TASK_ID: task, HEW_SLOT: '1', HEW_WORKER: '0', HEW_ATTEMPT: '1' },
      mark: `HEW_MARK_${process.pid.toString(16)}=s${(marks += 1)}`,
      model: null,
      git_dir: '/nowhere/.git',
      common_dir: '/nowhere/.git',
      budget_usd: null,
      stall_ms: null,
      log: `${project.folder}/${task}.log`,
    },
    { line: (line) => void lines.push(line), usage: () => {}, quiet: () => {} },
    signal,
  );
  return { agent, lines, result };
}

describe('a stepped agent under CommandAgent', () => {
  test('is found by check(), works in its cwd with its prompt, and closes its task', async () => {
    await using project = await makeGitProject();
    await using agents = await startSteppedAgents();
    const { agent, lines, result } = start(agents, project, 'app-1');
    expect(await agent.check()).toBeNull();

    const stepped = await agents.next({ task: 'app-1', slot: 1, worker: 0, attempt: 1 });
    expect(stepped).toMatchObject({ cwd: project.path, prompt: 'Do app-1.' });
    await stepped.write('src/new.txt', 'hello\n');
    expect(await stepped.git('status', '--porcelain')).toBe('?? src/');
    expect(await stepped.runProgram('sh', '-c', 'echo out; echo err >&2; exit 3')).toEqual({
      exit_code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    await stepped.print('working\n');
    await stepped.printError('careful\n');
    await stepped.close();

    expect(await result).toMatchObject({
      failure: null,
      closing: { kind: 'closed' },
      exit_code: 0,
      stderr_tail: 'careful',
    });
    expect(lines).toContainEqual({ kind: 'text', text: 'working' });
    expect(await readFile(`${project.path}/src/new.txt`, 'utf8')).toBe('hello\n');
  });

  test('agents are told apart, and wait until they are asked for', async () => {
    await using project = await makeGitProject();
    await using agents = await startSteppedAgents();
    const one = start(agents, project, 'app-1');
    const two = start(agents, project, 'app-2');
    const second = await agents.next({ task: 'app-2' });
    await second.exit(4);
    await (await agents.next()).close();
    expect(await one.result).toMatchObject({ closing: { kind: 'closed' } });
    expect(await two.result).toMatchObject({ failure: { kind: 'crashed' }, exit_code: 4 });
    expect(agents.waiting).toBe(0);
  });

  test('crashes by a signal', async () => {
    await using project = await makeGitProject();
    await using agents = await startSteppedAgents();
    const { result } = start(agents, project, 'app-1');
    await (await agents.next()).crash('SIGKILL');
    expect(await result).toMatchObject({ failure: { kind: 'killed' }, closing: null });
  });

  test('ignores TERM, leaves daemons, floods, and is ended with all of it', async () => {
    await using project = await makeGitProject();
    await using agents = await startSteppedAgents();
    const abort = new AbortController();
    const { lines, result } = start(agents, project, 'app-1', abort.signal);
    const stepped = await agents.next();
    await stepped.ignoreTerm();
    const daemons = [await stepped.daemon(), await stepped.daemon({ inherit: true })];
    await stepped.flood(1_000_000, 'noise');
    abort.abort();
    expect(await result).toMatchObject({ failure: { kind: 'aborted' } });
    await stepped.ended;
    expect(await Promise.all([stepped.pid, ...daemons].map((pid) => processStart(pid)))).toEqual([
      null,
      null,
      null,
    ]);
    expect(lines[0]).toEqual({ kind: 'text', text: 'noise' });
  });

  test('a test that waits in vain for an agent is told so', async () => {
    const agents = await startSteppedAgents();
    const told = agents.next().catch((error: unknown) => String(error));
    await agents[Symbol.asyncDispose]();
    expect(await told).toContain('the test ended while it waited for an agent');
  });
});
