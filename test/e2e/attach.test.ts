import { describe, expect, it } from 'vitest';
import { hew } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { journalOf } from './journal-of.js';
import { fileTasks, GATED } from './loop-run.js';
import { startInTerminal } from './terminal-program.js';

async function projectWith(settings: string, ...titles: readonly string[]): Promise<GitProject> {
  const files = { ...GATED, '.hew.toml': `${GATED['.hew.toml']}${settings}` };
  const project = await makeGitProject({ files });
  await fileTasks(project, ...titles.map((title) => ({ title })));
  return project;
}

async function finish(agent: SteppedAgent): Promise<void> {
  await agent.write(`${agent.task}.txt`, 'done\n');
  await agent.close();
}

async function untilJournal(project: GitProject, text: string): Promise<void> {
  await expect.poll(() => journalOf(project), { timeout: 20_000 }).toContain(text);
}

describe('hew tui --attach', () => {
  it('shows a run again whose terminal has vanished, steers it, and sums it up', async () => {
    await using project = await projectWith('', 'One', 'Two');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const [first, second] = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    await first.print('said before\n');
    await terminal.until('said before');
    terminal.vanish();
    const env = { VISUAL: '', EDITOR: 'true' };
    using again = startInTerminal(project, ['tui', '--attach'], { env });
    await again.until('said before');
    await second.print('said after\n');
    await again.until('said after');
    again.type('\r');
    await again.until(/transcript {2}w0 iteration 1\n[^]*said before/);
    again.type('\u001B');
    await again.until('said after');
    again.type('e');
    await again.until('Open the worktree of slot 1');
    again.type('e');
    await untilJournal(project, '"visitWorktree"');
    await again.until(/the worktree of w0/);
    again.type('p');
    await untilJournal(project, '"slot.paused"');
    // The journal has it before this screen does.
    await again.until('PAUSE');
    again.type('p');
    await untilJournal(project, '"slot.resumed"');
    await finish(first);
    await finish(second);
    await again.until('any other key leaves');
    await expect.poll(() => again.bells).toBe(1);
    again.type('x');
    expect(await again.exitCode()).toBe(0);
    expect(again.scrollback()).toContain('merged');
    expect(again.modes).toMatchObject({ buffer: 'normal', cursor: 'visible' });
    expect(await journalOf(project)).toMatch(/"stop_reason":"ready_empty","exit_code":0/);
  });

  it('is left without harm, and lets the run finish when that is asked', async () => {
    await using project = await projectWith('', 'One', 'Two', 'Three');
    await using agents = await startSteppedAgents();
    using _terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const [first, second] = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    using left = startInTerminal(project, ['tui', '--attach']);
    await left.until(first.task ?? '');
    left.type('q');
    await left.until('Leave the run');
    left.type('d');
    expect(await left.exitCode()).toBe(0);
    expect(left.scrollback()).toContain('goes on');
    expect(await journalOf(project)).not.toContain('control.received');
    using again = startInTerminal(project, ['tui', '--attach']);
    await again.until(first.task ?? '');
    again.type('q');
    await again.until('Leave the run');
    again.type('f');
    await untilJournal(project, '"run.stopping"');
    await finish(first);
    await finish(second);
    await again.until('any other key leaves');
    again.type('x');
    expect(await again.exitCode()).toBe(3);
  });

  it('ends with 1 and one line where no run is alive, and with 2 without a terminal', async () => {
    await using project = await projectWith('', 'One');
    using terminal = startInTerminal(project, ['tui', '--attach']);
    expect(await terminal.exitCode()).toBe(1);
    expect(terminal.scrollback()).toContain('no run is alive');
    const piped = await hew({ cwd: project.path, env: project.env }, 'tui', '--attach');
    expect(piped.code).toBe(2);
    const strayed = await hew({ cwd: project.path, env: project.env }, 'tui', 'x');
    expect(strayed).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a terminal that vanishes', () => {
  it.each([
    ['drain', '"reason":"stop_file"', 0],
    ['abort', '"reason":"cancelled"', 130],
  ])('has the run %s by on_hangup', async (on_hangup, reason, code) => {
    await using project = await projectWith(`[loop]\non_hangup = "${on_hangup}"\n`, 'One', 'Two');
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const [first, second] = [await agents.next(), await agents.next()];
    await terminal.until('app-2');
    terminal.vanish();
    await untilJournal(project, reason);
    const ends = on_hangup === 'drain' ? [finish(first), finish(second)] : [first.ended, second.ended];
    await Promise.all(ends);
    await untilJournal(project, '"run.finished"');
    expect(await journalOf(project)).toContain(`"exit_code":${code}`);
  });
});
