import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temporary-folder.js';

/** Node's own, which costs half of what a library's child does: the tests start git thousands of times. */
const run = promisify(execFile);

/** A real git repository in a temporary folder, with an environment that knows nothing of the machine's own git. */
export interface GitProject extends AsyncDisposable {
  /** The main worktree, on branch `main` with one commit. */
  readonly path: string;
  /** The temporary folder around it, for what must lie beside the project. */
  readonly folder: string;
  /** A whole environment: HOME, HEW_HOME and git's configuration are inside the temporary folder. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs git in the project and gives its stdout without the final newline; rejects when git fails. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes a file of the project, with the folders above it. */
  write(path: string, text: string): Promise<void>;
}

/** In one child, and without the examples that git copies: many tests begin with it. */
const FIRST_COMMIT = `set -e
git init --quiet --initial-branch=main --template=
mkdir .git/hooks .git/info
printf '[user]\\n\\tname = Test Person\\n\\temail = person@example.invalid\\n' >>.git/config
git add --all
git commit --quiet --allow-empty --message 'First commit'`;

/** The environment of this process without git's variables and what Vitest sets, with a home of its own. */
function isolatedEnvironment(folder: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(GIT_|HEW_|NODE_ENV$)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'home', '.config'),
    HEW_HOME: join(folder, 'hew'),
    GIT_CONFIG_GLOBAL: join(folder, 'home', '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
  };
}

/** Makes a repository whose first commit holds `files` (path → text): `await using project = await makeGitProject()`. */
export async function makeGitProject(
  options: { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<GitProject> {
  const folder = await temporaryFolder();
  const path = folder.at('project');
  const env = isolatedEnvironment(folder.path);
  await mkdir(folder.at('home'), { recursive: true });
  await mkdir(path);
  await writeFile(folder.at('home', '.gitconfig'), '');

  const git = async (...args: readonly string[]): Promise<string> => {
    const running = run('git', args, { cwd: path, env, maxBuffer: Infinity });
    running.child.stdin?.end();
    const { stdout } = await running.catch((error: Error & { readonly stdout: string }) => {
      // What git says of a conflict is not among its errors.
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    });
    return stdout.replace(/\n$/, '');
  };
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  };

  for (const [file, text] of Object.entries(options.files ?? { 'README.md': '# A project\n' })) {
    await write(file, text);
  }
  await run('sh', ['-c', FIRST_COMMIT], { cwd: path, env });

  return {
    path,
    folder: folder.path,
    env,
    git,
    write,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
