import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';

const run = promisify(execFile);

declare module 'vitest' {
  interface ProvidedContext {
    /** The real bd's folder, and a fresh workspace of it to be copied: to make one takes seconds. */
    readonly beads: { readonly bin: string; readonly workspace: string };
  }
}

/** A project whose tasks the real bd keeps. */
export interface BeadsProject extends GitProject {
  /** Runs bd in the project, as any other program would, and gives its stdout. */
  bd(...args: readonly string[]): Promise<string>;
}

/** Makes a repository with an empty beads workspace of which git knows nothing. */
export async function makeBeadsProject(files: Readonly<Record<string, string>>): Promise<BeadsProject> {
  const { bin, workspace } = inject('beads');
  const project = await makeGitProject({ files: { '.gitignore': '.beads/\n*.gate.lock*\n', ...files } });
  await cp(workspace, join(project.path, '.beads'), { recursive: true });
  await project.git('config', 'beads.role', 'maintainer');
  const env = {
    ...project.env,
    PATH: `${bin}:${project.env['PATH']}`,
    BD_DISABLE_METRICS: '1',
    BD_JSON_ENVELOPE: '0',
  };
  return {
    ...project,
    env,
    bd: async (...args) =>
      (await run('bd', args, { cwd: project.path, env, maxBuffer: 64 * 1024 * 1024 })).stdout,
  };
}
