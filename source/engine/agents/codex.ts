import { join } from 'node:path';
import type { AgentProgram, ProgramRequest } from './agent-program.js';
import { CodexStream } from './codex-stream.js';
import { nativeCodex } from './native-codex.js';

/**
 * Codex without a person: the prompt on stdin, one JSON event a line on stdout, in its own sandbox, which lets it write
 * in the worktree, in temporary folders, and in what a commit of this worktree needs.
 */
export const codex: AgentProgram = {
  runtime: 'codex',
  title: 'Codex',
  program: 'codex',
  variable: 'HEW_LOOP_CODEX_BIN',
  install: 'npm install --global @openai/codex',
  login: 'codex login, or set CODEX_API_KEY',
  confinement:
    'Its sandbox keeps what it writes to the worktree and temporary folders, and its commands off the network.',
  tells_cost: false,
  caps_cost: false,
  takes_allowed_tools: false,

  arguments: (request) => [
    'exec',
    '--json',
    '--skip-git-repo-check',
    '--sandbox',
    'workspace-write',
    '-C',
    request.cwd,
    ...foldersOfCommit(request).flatMap((folder) => ['--add-dir', folder]),
    ...(request.model === null ? [] : ['-m', request.model]),
  ],
  last_arguments: ['-'],

  environment: (env) => env,
  input: (prompt) => prompt,
  reader: (cwd) => new CodexStream(cwd),
  nativeProgram: nativeCodex,
};

/**
 * Where a commit in a linked worktree writes; the sandbox keeps `.git` read-only otherwise. Hooks and config of the
 * repository stay out of reach. In a main worktree they could not, so there hew commits what codex leaves.
 */
function foldersOfCommit({ git_dir, common_dir }: ProgramRequest): readonly string[] {
  if (git_dir === common_dir) return [];
  return [git_dir, ...['objects', 'refs', 'logs'].map((name) => join(common_dir, name))];
}
