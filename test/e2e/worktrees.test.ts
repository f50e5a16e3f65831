import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leaveWorktree } from '../engine/prune/left-worktrees.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED } from './loop-run.js';
import { startInTerminal, type TerminalProgram } from './terminal-program.js';

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Goes to the row that holds the text. Each key is seen before the next: several in one piece would be a paste. */
async function select(terminal: TerminalProgram, text: string): Promise<void> {
  const rows = terminal.screen().slice(2);
  const from = rows.findIndex((row) => row.startsWith(' ▶'));
  const to = rows.findIndex((row) => row.includes(text));
  const step = Math.sign(to - from);
  for (let row = from; row !== to; row += step) {
    terminal.type(step > 0 ? 'j' : 'k');
    await terminal.until(`▶${rows[row + step]?.slice(2) ?? ''}`);
  }
}

describe('the worktrees on the screen', () => {
  it('are told apart, and only what nobody needs is removed, once its work is kept', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using other = await makeGitProject();
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const orphan = await leaveWorktree(project);
    await writeFile(join(orphan.path, 'left.txt'), 'precious\n');
    const second = await leaveWorktree(project, { run: orphan.run, worker: 1 });
    const foreign = await leaveWorktree(project, { owner: other });
    await using agents = await startSteppedAgents();
    using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
    const working = [await agents.next(), await agents.next()];

    terminal.type('o');
    await terminal.until(/1-5 of 5$/m);
    // All are measured.
    await expect.poll(() => terminal.screen().join('\n'), { timeout: 20_000 }).not.toMatch(/ … /);
    const listed = terminal.screen().join('\n');
    expect(listed.match(/^.{3}alive .* its run is alive/gm)).toHaveLength(2);
    expect(listed).toMatch(/^.{3}orphan .* it belongs to project;/m);
    expect(listed).toMatch(
      new RegExp(`^.{3}orphan +${orphan.run} +w0 .* 0 +1 project .*nothing else of its run`, 'm'),
    );

    await select(terminal, 'alive');
    terminal.type('x');
    await terminal.until('x cannot be used now: its run is alive');
    await select(terminal, `${orphan.run} w0`);
    terminal.type('x');
    await terminal.until(/under refs\/hew\/salvage: 1 uncommitted file/);
    terminal.type('y');
    await terminal.until(/removed .*its work: hew loop salvage/);
    expect(await isThere(orphan.path)).toBe(false);
    const salvage = await project.git('for-each-ref', '--format=%(refname)', 'refs/hew/salvage');
    expect(await project.git('show', `${salvage}:left.txt`)).toBe('precious');

    // Another terminal does the same with the rest.
    using attached = startInTerminal(project, ['tui', '--attach'], { columns: 80, rows: 24 });
    await attached.until('q quit');
    attached.type('o');
    await attached.until(/1-4 of 4$/m);
    attached.type('X');
    await attached.until('Remove w1 of');
    attached.type('y');
    await attached.until(/^.{3}removed /m);
    expect(await isThere(second.path)).toBe(false);
    for (const path of [foreign.path, ...working.map(({ cwd }) => cwd)])
      expect(await isThere(path)).toBe(true);

    terminal.type('\u001B');
    await terminal.until('q quit');
    for (const agent of working) {
      await agent.write(`${agent.task}.txt`, 'done\n');
      await agent.close();
    }
    await terminal.until('any other key leaves');
  });
});
