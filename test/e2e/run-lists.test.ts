import { expect, it } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { GATED, queueOf } from './loop-run.js';
import { startInTerminal } from './terminal-program.js';

it('shows the queue and the merges of a run, on its own screen and on one in another terminal', async () => {
  await using project = await makeGitProject({ files: GATED });
  const queue = queueOf(project);
  const first = await queue.create({ title: 'Lay the ground' });
  const second = await queue.create({ title: 'Build upon it', blocked_by: [first] });
  const third = await queue.create({ title: 'Something else', priority: 1 });
  await using agents = await startSteppedAgents();
  using terminal = startInTerminal(project, ['tui', '--jobs', '2', '--agent-command', agents.command]);
  const working = [await agents.next(), await agents.next()];
  using attached = startInTerminal(project, ['tui', '--attach'], { columns: 80, rows: 24 });
  for (const screen of [terminal, attached]) {
    await screen.until('q quit');
    screen.type('t');
    await screen.until(/1-3 of 3$/m);
    await screen.until(new RegExp(`in work +${first} .*slot \\d`));
    await screen.until(new RegExp(`in work +${third} .*slot \\d`));
    await screen.until(new RegExp(`blocked +${second} .*by ${first}`));
  }
  const ground = working.find(({ task }) => task === first);
  await ground?.write('ground.txt', 'done\n');
  await ground?.close();
  const next = await agents.next();
  expect(next.task).toBe(second);
  for (const screen of [terminal, attached]) {
    await screen.until(new RegExp(`done +${first} .*merged`));
    await screen.until(new RegExp(`in work +${second} .*slot \\d`));
    screen.type('m');
    await screen.until(new RegExp(`merged +[\\d:]+ ${first} .*1 file`));
  }
});
