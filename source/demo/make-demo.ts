import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { DEMO_FILES } from './demo-tasks.js';

const AGENT = fileURLToPath(new URL('./agent.js', import.meta.url));

/** A demo that is ready to be run. */
export interface Demo {
  /** The temporary folder of all that is the demo's. */
  readonly folder: string;
  /** Its project: a git repository on `main`, with one commit. */
  readonly project: string;
  /** What hew must have in its environment to run it: nothing outside of the folder is read or written. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes the demo's project and agent in a new temporary folder, or rejects and leaves nothing, as without git. */
export async function makeDemo({ pause_ms }: { readonly pause_ms: number }): Promise<Demo> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hew-demo-')));
  try {
    return await fill(folder, pause_ms);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fill(folder: string, pause_ms: number): Promise<Demo> {
  const project = join(folder, 'tea-shop');
  const program = join(folder, 'scripted-agent');
  const env = {
    HEW_HOME: join(folder, 'hew'),
    HEW_LOOP_CLAUDE_BIN: program,
    // The demo shows the same whatever hooks, signatures and templates this machine's git asks for.
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_update_notifier: 'false',
    // Where hew was started by its whole path, node and npm may be on no PATH.
    PATH: [process.env['PATH'], dirname(process.execPath)].filter(Boolean).join(delimiter),
  };
  for (const [name, text] of Object.entries(DEMO_FILES)) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }
  const words = [process.execPath, AGENT, String(pause_ms), join(folder, 'meeting')];
  await writeFile(program, `#!/bin/sh\nexec ${words.map(quoted).join(' ')} "$@"\n`, { mode: 0o755 });
  const git = (...args: readonly string[]) =>
    execa('git', args, {
      cwd: project,
      env: { ...ownEnvironment(), ...env },
      extendEnv: false,
      stdin: 'ignore',
    });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  const author = ['-c', 'user.name=hew demo', '-c', 'user.email=hew@localhost'];
  await git(...author, 'commit', '--quiet', '--message', 'Open the tea shop');
  return { folder, project, env };
}

/** This process's, without what would bind git to another repository. */
function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('GIT_'),
  );
  return Object.fromEntries(entries);
}

/** One word of a POSIX shell's command line. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
