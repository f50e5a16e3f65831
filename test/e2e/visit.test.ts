import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { journalOf } from './journal-of.js';
import { fileTasks, GATED } from './loop-run.js';
import { startInTerminal } from './terminal-program.js';

/** What stands in for an editor: it says where it is and what it has got, and reads two lines. */
const EDITOR = `#!/bin/sh
trap 'echo interrupted' INT
trap 'echo told to quit' QUIT
echo "editing $(basename "$1") in $(pwd -P)"
echo "NODE_ENV=$NODE_ENV HEW_RUN_ID=$HEW_RUN_ID"
stty -a | grep -o '[-]*icanon'
stty size
until read -r first; do :; done
echo "got $first"
read -r second
echo "$first $second" >typed.txt
printf '\\033[31m\\033[?1000hleft in the middle'
stty raw -echo
exit 3
`;

async function projectWith(...titles: readonly string[]): Promise<GitProject> {
  const project = await makeGitProject({ files: GATED });
  await fileTasks(project, ...titles.map((title) => ({ title })));
  await project.write('../editor.sh', EDITOR);
  return project;
}

async function finish(agent: SteppedAgent): Promise<void> {
  await agent.write(`${agent.task}.txt`, 'done\n');
  await agent.close();
}

describe('e on the screen', () => {
  it('gives the terminal to the editor and takes it back, while the run goes on', async () => {
    await using project = await projectWith('One', 'Two');
    await using agents = await startSteppedAgents();
    const argv = ['tui', '--jobs', '2', '--agent-command', agents.command];
    const env = { VISUAL: '', EDITOR: `sh ${join(project.folder, 'editor.sh')}` };
    using terminal = startInTerminal(project, argv, { env });
    const [first, second] = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    await terminal.until(/▶1 [^]*app-2/);
    terminal.type('e');
    await terminal.until('Open the worktree of slot 1');
    terminal.type('e');
    await terminal.until(/editing 0 in \S+\/0\nNODE_ENV= HEW_RUN_ID=\nicanon\n40 120$/m);
    expect(terminal.modes).toMatchObject({ buffer: 'normal', cursor: 'visible' });
    // Ctrl-C and Ctrl-\ reach all in the foreground; hew is not asked for anything.
    terminal.type('\u0003');
    await terminal.until('interrupted');
    terminal.type('\u001C');
    await terminal.until('told to quit');
    await first.print('said meanwhile\n');
    await finish(second);
    await expect.poll(() => journalOf(project), { timeout: 20_000 }).toContain('"task.closed"');
    expect(terminal.screen().join('\n')).not.toMatch(/said meanwhile|▶/);
    terminal.resize(100, 30);
    terminal.type('every key\r');
    await terminal.until('got every key');
    terminal.type('arrives\r');

    await terminal.until(/^▶1 app-1[^]*said meanwhile[^]*in the worktree of w0 has ended with 3/m);
    expect(await readFile(join(first.cwd, 'typed.txt'), 'utf8')).toBe('every key arrives\n');
    expect(terminal.screen()).toHaveLength(30);
    expect(terminal.screen()[0]).toMatch(/^ hew {2}/);
    expect(terminal.screen().at(-1)).toContain('q quit');
    expect(terminal.modes).toEqual({ buffer: 'alternate', cursor: 'hidden', entered: true });
    expect(await journalOf(project)).toMatch(/"visitWorktree","worker":0,"program":"editor"/);
    expect((await journalOf(project)).match(/control\.received/g)).toHaveLength(1);

    terminal.type('?');
    await terminal.until('any key closes this');
    terminal.type('?');
    await finish(first);
    await terminal.until('key leaves');
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(0);
    expect(terminal.modes).toMatchObject({ buffer: 'normal', cursor: 'visible' });
    expect(await terminal.echoes()).toBe(true);
  });

  it('says why no editor was opened, and lets a shell be when the run is aborted, here and attached', async () => {
    await using project = await projectWith('One');
    await using agents = await startSteppedAgents();
    const env = { VISUAL: 'no-such-editor --wait', EDITOR: 'true', SHELL: '/bin/sh', PS1: 'prompt> ' };
    const argv = ['tui', '--jobs', '2', '--agent-command', agents.command];
    using terminal = startInTerminal(project, argv, { env });
    const agent = await agents.next();
    await terminal.until('▶1 app-1');
    terminal.type('e');
    await terminal.until('Open the worktree');
    terminal.type('e');
    await terminal.until(
      /no-such-editor in the worktree of w0 could not be started: there is no such program/,
    );
    const other = { ...env, VISUAL: '', EDITOR: '', PID_FILE: join(project.folder, 'attached.pid') };
    using attached = startInTerminal(project, ['tui', '--attach'], { env: other });
    await attached.until('▶1 app-1');
    attached.type('e');
    await attached.until(/^prompt>/m);
    terminal.type('e');
    await terminal.until('Open the worktree');
    terminal.type('s');
    await terminal.until(/^prompt>/m);

    await terminal.signal('SIGTERM');
    await agent.ended;
    await expect.poll(() => journalOf(project), { timeout: 20_000 }).toContain('"run.finished"');
    for (const shell of [terminal, attached]) {
      shell.type('echo still $((40 + 2))\r');
      await shell.until(/^still 42$/m);
      expect(shell.screen().join('\n')).not.toMatch(/Aborting|cancelled/);
      shell.type('exit\r');
    }
    expect(await terminal.exitCode()).toBe(130);
    expect(terminal.scrollback()).toContain('ended: cancelled');
    expect(terminal.modes).toMatchObject({ buffer: 'normal', cursor: 'visible' });
    expect(await terminal.echoes()).toBe(true);
    await attached.until('key leaves');
    attached.type('q');
    expect(await attached.exitCode()).toBe(130);
    expect(await attached.echoes()).toBe(true);
  });
});
