import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { TaskId } from '../../source/engine/ids.js';
import { BUILT_PROGRAMS } from '../built-programs.js';
import { fileTasks } from '../e2e/loop-run.js';
import { type GitProject, makeGitProject } from '../git-project.js';

const AGENT = fileURLToPath(new URL('../fixtures/noting-agent.sh', import.meta.url));
const FAULTY_DISK = fileURLToPath(new URL('../fixtures/faulty-disk.mjs', import.meta.url));
const SHIPPED_HEW = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const KILLED_HEW = join(BUILT_PROGRAMS, 'killed-hew.js');
/** What hew holds is copied for each git that it starts: with less of it for young objects a run takes four fifths. */
const SMALL = '--max-semi-space-size=2';

/** What each task does, by its number from 1; see noting-agent.sh. */
export const TITLES = [
  'plain',
  'leaves-process',
  'fails-first',
  'crashes-first',
  'always-red',
  'needs-first',
  'empty',
  'blocked',
  'commits-twice',
  'plain',
  'eleven',
  'twelve',
] as const;

/** How a hew ended: by itself, or at its point. */
export interface HewEnd {
  readonly exit_code: number | null;
  readonly killed: boolean;
  readonly output: string;
}

/** A project of twelve tasks in which hew is killed. */
export interface KillProject extends AsyncDisposable {
  readonly project: GitProject;
  readonly ids: readonly TaskId[];
  /** Starts the real program, which ends itself at `point`, such as `append 17`; see killed-hew.ts. */
  hew(args: readonly string[], point?: string): Promise<HewEnd>;
  /** The same with a disk of which the write that `at` names fails, such as `17 ENOSPC`; see faulty-disk.mjs. */
  onFaultyDisk(args: readonly string[], at: string, lasts: boolean): Promise<HewEnd>;
  /** What agents noted before they ended. */
  notes(): Promise<readonly { readonly head: string; readonly tree: string; readonly what: string }[]>;
}

/** Makes it, with its tasks filed. */
export async function makeKillProject(): Promise<KillProject> {
  const project = await makeGitProject({
    files: {
      '.hew.toml': `[gate]\ntest = "test ! -e broken"\n\n[loop]\njobs = 3\nagent_command = "${AGENT}"\n`,
      'shared.txt': 'nobody\n',
      'README.md': '# A project\n',
    },
  });
  const notes = join(project.folder, 'notes');
  await mkdir(notes);
  const ids = await fileTasks(
    project,
    ...TITLES.map((title) => ({
      title,
      ...(title === 'needs-first' ? { blocked_by: ['app-1' as TaskId] } : {}),
    })),
  );
  for (const [index, id] of ids.entries()) await writeFile(join(notes, `${id}.title`), `${TITLES[index]}\n`);

  const start = async (
    program: readonly string[],
    args: readonly string[],
    more: Readonly<Record<string, string>>,
  ): Promise<HewEnd> => {
    const ran = await execa(process.execPath, [SMALL, ...program, 'loop', ...args], {
      cwd: project.path,
      env: { ...project.env, KILL_NOTES: notes, ...more },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      all: true,
      // What agents leave running holds the pipes open.
      forceKillAfterDelay: false,
    });
    const told = Object.values(more).join(' ');
    await appendFile(join(project.folder, 'output'), `--- ${args.join(' ')} ${told}\n${ran.all}\n`);
    return { exit_code: ran.exitCode ?? null, killed: ran.signal === 'SIGKILL', output: ran.all };
  };
  return {
    project,
    ids,
    hew: (args, point) => start([KILLED_HEW], args, point ? { KILL_AT: point } : {}),
    onFaultyDisk: (args, at, lasts) =>
      start(['--import', FAULTY_DISK, SHIPPED_HEW], args, { FAULT_AT: at, FAULT_LASTS: lasts ? '1' : '0' }),
    notes: async () => {
      const text = await readFile(join(notes, 'ends'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [head = '', tree = '', ...what] = line.split(' ');
          return { head, tree, what: what.join(' ') };
        });
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
