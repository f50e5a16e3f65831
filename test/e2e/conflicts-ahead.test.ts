import { expect, test } from 'vitest';
import type { EngineEvent } from '../../source/engine/events.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTask } from './file-task.js';
import { GATED, startLoop } from './loop-run.js';

test('a conflict is told while both agents still work, and then as what became of it', async () => {
  await using project = await makeGitProject({ files: GATED });
  await using agents = await startSteppedAgents();
  const tasks = [await fileTask(project, 'One'), await fileTask(project, 'Two')];
  const told: Extract<EngineEvent, { type: 'workers.conflicting' }>[] = [];
  const warned = Promise.withResolvers<void>();
  const listen = (event: EngineEvent): void => {
    if (event.type !== 'workers.conflicting') return;
    told.push(event);
    warned.resolve();
  };
  await using run = await startLoop(project, { agent: agents.command, listen });
  const [first, second] = [await agents.next(), await agents.next()];
  await commitFile(first, 'same.txt', 'one\n');
  await commitFile(second, 'same.txt', 'two\n');
  await warned.promise;
  const [{ conflicts }] = told as [(typeof told)[0]];
  expect(conflicts).toMatchObject([{ files: ['same.txt'], unlisted: 0 }]);
  expect(new Set([conflicts[0]?.one.task, conflicts[0]?.other?.task])).toEqual(new Set(tasks));
  await first.close();
  await run.until('task.closed');
  await second.close();
  expect(await run.ended).toBe(1);
  expect(run.all('conflict.filed')).toMatchObject([{ files: ['same.txt'] }]);
  expect(told.at(-1)).toMatchObject({ conflicts: [], reason: null });
});
