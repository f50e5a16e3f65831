import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { GitProject } from '../git-project.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** A real `hew` that goes on while the test does something to it. */
export interface StartedHew {
  /** Ends it without a word, as a crash does, and resolves when it is gone. */
  kill(): Promise<void>;
  readonly ended: Promise<{ readonly code: number | undefined; readonly output: string }>;
}

/** Starts the built `hew` in the project, without a terminal. */
export function startHew(project: GitProject, ...argv: readonly string[]): StartedHew {
  const running = execa(process.execPath, [BIN, ...argv], {
    cwd: project.path,
    env: project.env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    all: true,
    forceKillAfterDelay: false,
  });
  return {
    async kill() {
      running.kill('SIGKILL');
      await running;
    },
    ended: running.then(({ exitCode, all }) => ({ code: exitCode, output: all })),
  };
}
