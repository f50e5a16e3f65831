import { access } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import type { Visit } from '../components/visit.js';
import { childEnvironment } from '../engine/processes/child-environment.js';

/**
 * What the program is started by: `$1` is what a shell makes a program and its words of, as git does with `$EDITOR`. A
 * program that was killed may leave the terminal raw, and whoever found it so would leave it so.
 */
const SCRIPT = `trap : INT QUIT
modes=$(stty -g 2>/dev/null)
program=$1
shift
eval "$program \\"\\$@\\""
code=$?
[ -n "$modes" ] && stty "$modes"
exit $code`;

type Environment = Readonly<Record<string, string | undefined>>;

/** The editor that a person has named, with its words; null when there is none. Pure. */
export function editorOf({ VISUAL, EDITOR }: Environment): string | null {
  return VISUAL?.trim() || EDITOR?.trim() || null;
}

/**
 * Gives the terminal to the person's editor or shell in a worktree until it ends, and resolves with what is to be said
 * of it. It is the person's own process: it bears no mark of the run, and hew never ends it.
 */
export async function visitWorktree(
  { program, worker, path }: Visit,
  env: Environment = process.env,
): Promise<string> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return `the worktree of w${worker} is not there any more: ${path}`;
  const shell = env['SHELL'] || '/bin/sh';
  const editor = editorOf(env);
  const isEditor = program === 'editor' && editor !== null;
  const words = isEditor ? [editor, path] : ['"$SHELL"'];
  const name = basename(isEditor ? (editor.split(' ')[0] ?? '') : shell);
  const result = await execa('/bin/sh', ['-c', SCRIPT, 'hew', ...words], {
    cwd: path,
    env: { ...childEnvironment(env), SHELL: shell },
    extendEnv: false,
    stdio: 'inherit',
    cleanup: false,
    reject: false,
  });
  return `${name} in the worktree of w${worker} ${endOf(result)}`;
}

function signalOf(number: number): string {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name ?? `signal ${number}`;
}

interface ProgramEnd {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly shortMessage?: string | undefined;
}

/** How a shell tells of what it has started. */
function endOf({ exitCode, signal, shortMessage }: ProgramEnd): string {
  if (signal !== undefined) return `was ended by ${signal}`;
  switch (exitCode) {
    case undefined:
      return `could not be started: ${shortMessage ?? 'no reason was given'}`;
    case 0:
      return 'has been closed';
    case 126:
      return 'could not be started: it is not executable';
    case 127:
      return 'could not be started: there is no such program';
    default:
      return exitCode > 128 ? `was ended by ${signalOf(exitCode - 128)}` : `has ended with ${exitCode}`;
  }
}
