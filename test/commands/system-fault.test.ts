import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { systemFault } from '../../source/commands/system-fault.js';
import { makeGitProject } from '../git-project.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** Opens files for as long as it may, right before the first process is started. */
const GREEDY = `
  import { ChildProcess } from 'node:child_process';
  import { openSync } from 'node:fs';
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (...words) {
    try { for (;;) openSync('/dev/null'); } catch {}
    return spawn.apply(this, words);
  };
`;

function faultOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

describe('systemFault', () => {
  test('tells what the system said, and what mends it where that is known', () => {
    const missing = faultOf(() => readFileSync('/no/such/file'));
    expect(systemFault(missing)).toMatch(/^ENOENT: .*'\/no\/such\/file'$/);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(systemFault(full)).toBe(
      'ENOSPC: no space left on device, write\nThe disk is full: make room there, then start again.',
    );
  });

  test.each([['loop', 'list'], ['loop', 'run', '--no-gate', '--agent-command', 'true'], ['doctor']])(
    'tells that too many files are open, not that git is missing: %s %s',
    async (...argv) => {
      await using project = await makeGitProject();
      const greedy = ['--import', `data:text/javascript,${encodeURIComponent(GREEDY)}`];
      const words = ['-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath, ...greedy, BIN, ...argv];
      const { cwd, env } = { cwd: project.path, env: project.env };
      const ran = await execa('sh', words, { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' });
      expect(ran.stdout + ran.stderr).toBe(
        'hew: spawn git EMFILE\nToo many files are open: raise the limit (ulimit -n 4096), or start with fewer --jobs.',
      );
      expect(ran.exitCode).toBe(1);
    },
  );

  test('leaves faults of hew itself alone, whose stack is wanted', () => {
    expect(systemFault(new TypeError('internal'))).toBeNull();
    expect(systemFault(faultOf(() => readFileSync({} as never)))).toBeNull();
  });
});
