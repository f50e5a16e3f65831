import { execa } from 'execa';
import type { GitProject } from '../git-project.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Runs a gate on the files of a commit and nothing else: whether it is green. */
export async function passesGate(project: GitProject, commit: string, gate: string): Promise<boolean> {
  await using folder = await temporaryFolder();
  const script = 'git archive "$1" | tar -x -C "$2" && cd "$2" && exec sh -c "$3"';
  const { exitCode } = await execa('sh', ['-c', script, 'sh', commit, folder.path, gate], {
    cwd: project.path,
    env: project.env,
    extendEnv: false,
    reject: false,
  });
  return exitCode === 0;
}
