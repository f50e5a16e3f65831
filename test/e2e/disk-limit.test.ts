import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { fileTitled } from './file-titled.js';
import { queueOf, startLoop } from './loop-run.js';

describe('[limits] min_free_disk', () => {
  test('keeps slots from starting, says why, and claims nothing', async () => {
    await using project = await makeGitProject({
      files: { '.hew.toml': '[gate]\ntest = "true"\n[limits]\nmin_free_disk = "9000TB"\n' },
    });
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: 'true' });
    const waiting = await run.until('slot.waiting', ({ reason }) => reason === 'disk');
    expect(waiting.detail).toMatch(
      /^less than 9000000 GB free at .*\(\[limits\] min_free_disk\): make room there$/,
    );
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect(run.all('task.claiming')).toEqual([]);
    expect((await queueOf(project).list()).ready).toEqual([one]);
  });
});
