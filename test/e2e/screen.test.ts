import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hew } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { journalOf } from './journal-of.js';
import { fileTasks, GATED } from './loop-run.js';
import { startInTerminal, type TerminalProgram } from './terminal-program.js';

async function projectWith(...titles: readonly string[]): Promise<GitProject> {
  const project = await makeGitProject({ files: GATED });
  await fileTasks(project, ...titles.map((title) => ({ title })));
  return project;
}

/** The agent does its task, and nothing that another would conflict with. */
async function finish(agent: SteppedAgent): Promise<void> {
  await agent.write(`${agent.task}.txt`, 'done\n');
  await agent.close();
}

/** The terminal is as it was before hew began. */
async function expectRestored(terminal: TerminalProgram): Promise<void> {
  expect(terminal.modes).toEqual({ buffer: 'normal', cursor: 'visible', entered: true });
  expect(await terminal.echoes()).toBe(true);
}

/** Throws in hew's own process when it is sent SIGUSR2: nothing of this is in the program. */
function throwing(code: string): Readonly<Record<string, string>> {
  const module = encodeURIComponent(`process.on('SIGUSR2', () => { ${code} })`);
  return { NODE_OPTIONS: `--import data:text/javascript,${module}` };
}

describe('hew tui', () => {
  it('shows four agents live, pauses one, resumes it, aborts, and leaves the summary behind', async () => {
    await using project = await projectWith('One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '4', '--agent-command', agents.command]);
    const [first, second, third, fourth] = await Promise.all(
      [1, 2, 3, 4].map((slot) => agents.next({ slot })),
    );
    for (const agent of [first!, second!, third!, fourth!]) await agent.print(`hello from ${agent.task}\n`);
    for (const task of ['app-1', 'app-2', 'app-3', 'app-4']) await terminal.until(`hello from ${task}`);
    expect(terminal.modes).toEqual({ buffer: 'alternate', cursor: 'hidden', entered: true });

    terminal.type('2');
    await terminal.until(`▶2 ${second!.task}`);
    terminal.type('p');
    await terminal.until(/▶2 .*then PAUSE/);
    await finish(second!);
    await terminal.until(/▶2 .*PAUSED/);
    // The others go on: a free slot takes the next task, the paused one does not.
    await finish(first!);
    const fifth = await agents.next();
    expect(fifth).toMatchObject({ slot: 1, task: 'app-5' });
    await fifth.print('\u001B[2J\u001B[1;1Hstill \u001B[31mhere\n');
    await terminal.until('still here');
    expect(terminal.screen().join('\n')).toMatch(/▶2 .*PAUSED/);

    terminal.type('p');
    const sixth = await agents.next();
    expect(sixth).toMatchObject({ slot: 2, task: 'app-6' });
    terminal.resize(80, 24);
    await terminal.until(/ {2}q quit$/);
    for (const task of ['app-5', 'app-6', 'app-3', 'app-4']) await terminal.until(task);

    terminal.type('a');
    await terminal.until('Abort the run?');
    terminal.type('y');
    await terminal.until(/ended: cancelled[^]*key leaves/);
    expect(terminal.screen().join('\n')).toMatch(/7 tasks|6 tasks/);
    expect(terminal.modes.buffer).toBe('alternate');
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(130);
    const left = terminal.scrollback();
    expect(left).toContain('ended: cancelled');
    expect(left).toMatch(/app-1 +merged[^]*app-2 +merged[^]*app-3 +open again/);
    expect(left).not.toContain('hello from');
    expect(await project.git('ls-tree', '--name-only', 'main')).toContain('app-1.txt\napp-2.txt');
    await expectRestored(terminal);
  });

  it('gives the terminal back on TERM, ends the run in order, and prints the summary', async () => {
    await using project = await projectWith('One', 'Two');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const agent = await agents.next();
    await terminal.until('app-1');
    await terminal.signal('SIGTERM');
    expect(await terminal.exitCode()).toBe(130);
    await agent.ended;
    expect(terminal.scrollback()).toContain('Aborting:');
    expect(terminal.scrollback()).toContain('ended: cancelled');
    await expectRestored(terminal);
  });

  it('asks on Ctrl-C, aborts on a second, and on a third leaves without waiting, with nothing running', async () => {
    await using project = await projectWith('One');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const agent = await agents.next();
    await agent.ignoreTerm();
    await terminal.until('app-1');
    terminal.type('\u0003');
    await terminal.until('End the run?');
    terminal.type('\u0003');
    await terminal.until('agents are being ended');
    terminal.type('\u0003');
    expect(await terminal.exitCode()).toBe(130);
    await agent.ended;
    expect(terminal.scrollback()).toContain('hew loop resume goes on with it');
    expect(await journalOf(project)).not.toContain('"run.finished"');
    await expectRestored(terminal);
  });

  it('aborts an iteration, skips a task, retries one and drains, by keys', async () => {
    await using project = await projectWith('One', 'Two', 'Three');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '1', '--agent-command', agents.command]);
    const first = await agents.next({ task: 'app-1' });
    await terminal.until('▶1 app-1');
    terminal.type('x');
    await terminal.until('Abort this iteration of app-1?');
    terminal.type('y');
    await first.ended;
    const second = await agents.next({ task: 'app-2' });
    await terminal.until('▶1 app-2');
    terminal.type('s');
    await terminal.until('Skip app-2 in this run?');
    terminal.type('y');
    await second.ended;
    const third = await agents.next({ task: 'app-3' });
    await terminal.until('▶1 app-3');
    terminal.type('r');
    await terminal.until('app-2 is taken again when a slot is free');
    await finish(third);
    const again = await agents.next({ task: 'app-2' });
    await terminal.until('▶1 app-2');
    terminal.type('D');
    await terminal.until('Drain the run?');
    terminal.type('y');
    await finish(again);
    await terminal.until(/ended:[^]*key leaves/);
    await expect.poll(() => terminal.bells).toBe(1);
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(3);
    expect(terminal.scrollback()).toMatch(/app-1 +open again[^]*app-2 +merged[^]*app-3 +merged/);
  });

  it.each([
    ['an exception', 'throw new Error("went wrong")'],
    ['a rejection that nobody handles', 'Promise.reject(new Error("went wrong"))'],
  ])('gives the terminal back after %s', async (_name, code) => {
    await using project = await projectWith('One', 'Two');
    await using agents = await startSteppedAgents();
    const argv = ['tui', '--jobs', '2', '--agent-command', agents.command];
    using terminal = startInTerminal(project, argv, { env: throwing(code) });
    const working = [await agents.next(), await agents.next()];
    await terminal.until('app-1');
    await terminal.signal('SIGUSR2');
    expect(await terminal.exitCode()).toBe(1);
    await Promise.all(working.map((agent) => agent.ended));
    expect(terminal.scrollback()).toContain('went wrong');
    await expectRestored(terminal);
  });

  it('gives the terminal back when the run cannot be told on disk any more', async () => {
    await using project = await projectWith('One', 'Two');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const [first, second] = [await agents.next(), await agents.next()];
    await terminal.until('app-2');
    await rm(join(project.path, '.hew', 'loop'), { recursive: true });
    await finish(first);
    expect(await terminal.exitCode()).toBe(1);
    await second.ended;
    expect(terminal.scrollback()).toContain('cannot be written');
    await expectRestored(terminal);
  });

  it('goes on when the terminal vanishes', async () => {
    await using project = await projectWith('One', 'Two');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const [first, second] = [await agents.next(), await agents.next()];
    await terminal.until('app-2');
    terminal.vanish();
    await first.print('nobody sees this\n');
    await finish(first);
    await finish(second);
    await expect.poll(() => journalOf(project), { timeout: 20_000 }).toContain('"run.finished"');
    expect(await journalOf(project)).toMatch(/"stop_reason":"ready_empty","exit_code":0/);
    expect(await project.git('ls-tree', '--name-only', 'main')).toContain('app-1.txt\napp-2.txt');
  });

  it('reads an agent in full: what it says, what it changes, what its gate has put out', async () => {
    await using project = await makeGitProject({
      files: { ...GATED, '.hew.toml': '[gate]\ntest = "echo the gate has run; test -f app-1.txt"\n' },
    });
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using agents = await startSteppedAgents();
    const argv = ['tui', '--jobs', '2', '--allow-red-base', '--agent-command', agents.command];
    using terminal = startInTerminal(project, argv);
    const agent = await agents.next({ slot: 1 });
    await agents.next({ slot: 2 });
    const lines = Array.from({ length: 100 }, (_, index) => `step ${index + 1} of it\n`);
    await agent.print(lines.join(''));
    await terminal.until('step 100 of it');
    terminal.type('\r');
    await terminal.until(/^══ 1 app-1, try 1 ═+ transcript {2}w0 iteration 1/);
    await terminal.until('step 100 of it');
    terminal.type('/');
    await terminal.until(' /_');
    terminal.type('step 7 ');
    await terminal.until(' /step 7 _');
    terminal.type('\r');
    await terminal.until(/▶ {2}step 7 of it/);
    await agent.write('app-1.txt', 'a new line\n');
    terminal.type('d');
    await terminal.until(/diff {2}w0[^]*\+\+\+ b\/app-1\.txt[^]*\+a new line/);
    terminal.resize(80, 24);
    await terminal.until(/\+a new line[^]*Esc back/);
    terminal.type('g');
    await terminal.until('the gate has not run in this iteration');
    await agent.close();
    await expect.poll(() => journalOf(project), { timeout: 20_000 }).toContain('"gate.finished"');
    terminal.type('g');
    await terminal.until(/gate log {2}w0[^]*the gate has run/);
    terminal.type('\u001B');
    await terminal.until(/▶1 /);
    terminal.type('\u0003');
    terminal.type('\u0003');
    await terminal.until(/ended: cancelled[^]*key leaves/);
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(130);
    await expectRestored(terminal);
  });

  it('draws with ASCII alone, and prints lines instead, where it is asked to', async () => {
    await using project = await projectWith('One');
    const agent = join(project.folder, 'agent.sh');
    await project.write('../agent.sh', '#!/bin/sh\necho x >"$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"\n');
    using plain = startInTerminal(project, [
      'tui',
      '--plain',
      '--jobs',
      '2',
      '--agent-command',
      `sh ${agent}`,
    ]);
    expect(await plain.exitCode()).toBe(0);
    expect(plain.modes.entered).toBe(false);
    await fileTasks(project, { title: 'Two' });
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, [
      'tui',
      '--ascii',
      '--jobs',
      '2',
      '--agent-command',
      agents.command,
    ]);
    await finish(await agents.next());
    await terminal.until(/ended: nothing is ready[^]*key leaves/);
    expect(terminal.screen().join('\n')).toMatch(/^[\n -~]*$/);
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.scrollback()).toMatch(/^[\n -~]*$/);
  });

  it('refuses before it takes the terminal', async () => {
    await using project = await makeGitProject();
    await fileTasks(project, { title: 'One' });
    using terminal = startInTerminal(project, ['tui', '--agent-command', 'true']);
    expect(await terminal.exitCode()).toBe(2);
    expect(terminal.scrollback()).toContain('--no-gate');
    expect(terminal.modes).toEqual({ buffer: 'normal', cursor: 'visible', entered: false });
  });

  it('says why on a red base, outside of the screen', async () => {
    await using project = await makeGitProject({
      files: { '.hew.toml': '[gate]\ntest = "echo because; false"\n' },
    });
    await fileTasks(project, { title: 'One' });
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', 'true']);
    expect(await terminal.exitCode()).toBe(2);
    expect(terminal.scrollback()).toMatch(/gate RED on the base[^]*because/);
    await expectRestored(terminal);
  });

  it('prints the very same as `hew loop run` where there is no terminal', async () => {
    const told = async (...words: readonly string[]): Promise<string> => {
      await using project = await projectWith('One');
      const agent = 'sh -c \'echo x >"$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"\'';
      await project.write('../agent.sh', `#!/bin/sh\n${agent}\n`);
      const argv = [...words, '--jobs', '2', '--agent-command', `sh ${join(project.folder, 'agent.sh')}`];
      const { code, stdout, stderr } = await hew({ cwd: project.path, env: project.env }, ...argv);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout
        .replaceAll(project.folder, '')
        .replaceAll(/loop-\w+-\w+/g, 'RUN')
        .replaceAll(/\b[0-9a-f]{7,40}\b/g, 'SHA')
        .replaceAll(/\b(\d+m)?\d+s\b/g, 'TIME')
        .replaceAll(/\d\d:\d\d:\d\d/g, 'CLOCK')
        .replaceAll(/\b\d+%/g, 'SHARE')
        .replaceAll(/^ slot \d .*/gm, 'BAR')
        .replaceAll(/ +/g, ' ');
    };
    expect(await told('tui')).toBe(await told('loop', 'run'));
  });
});
