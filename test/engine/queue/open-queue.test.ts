import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hasBeads, openQueue } from '../../../source/engine/queue/open-queue.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { fakeBd, recorded } from './fake-bd.js';

describe('a project has beads', () => {
  it('where bd would find a workspace, and nowhere else', async () => {
    await using folder = await temporaryFolder();
    const places = { home: folder.at('worktree'), hew: folder.at('main', '.hew') };
    await mkdir(places.home);
    await mkdir(folder.at('main'));
    expect(await hasBeads(places, {})).toBe(false);
    expect(await hasBeads(places, { BEADS_DIR: '/elsewhere' })).toBe(true);
    // A file is no workspace.
    await writeFile(folder.at('worktree', '.beads'), '');
    expect(await hasBeads(places, {})).toBe(false);
    // From a linked worktree the main one's counts.
    await mkdir(folder.at('main', '.beads'));
    expect(await hasBeads(places, {})).toBe(true);
  });

  it('where its own .beads holds no more than a redirect', async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.at('.beads'));
    await writeFile(folder.at('.beads', 'redirect'), '../elsewhere/.beads\n');
    expect(await hasBeads({ home: folder.path, hew: folder.at('.hew') }, {})).toBe(true);
  });
});

describe('the choice of a queue', () => {
  it('is made by what the project has, unless it is named', async () => {
    await using bd = await fakeBd({ version: [{ stdout: await recorded('bd-version.json') }] });
    const places = { home: bd.folder, hew: `${bd.folder}/.hew`, project: 'app' };
    const kind = async (choice: 'auto' | 'file' | 'beads'): Promise<string> => {
      const opened = await openQueue({ choice, places, env: bd.env });
      return opened.kind === 'opened' ? opened.queue.kind : opened.problem;
    };
    expect([await kind('auto'), await kind('file'), await kind('beads')]).toEqual(['file', 'file', 'beads']);
    await mkdir(`${bd.folder}/.beads`);
    expect([await kind('auto'), await kind('file')]).toEqual(['beads', 'file']);
  });
});
