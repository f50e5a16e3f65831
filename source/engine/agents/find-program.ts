import { resolve } from 'node:path';
import { execa } from 'execa';
import which from 'which';
import { commandWord } from './command-word.js';

/** Where programs are looked for. */
export interface ProgramPlace {
  /** What relative paths are relative to. */
  readonly home: string;
  readonly path: string;
}

/**
 * What a command line would start: a path, a word of the shell itself, or nothing. `unknown` where only a shell could
 * tell, since the line begins with something to expand or a `(`.
 */
export type FoundProgram =
  | { readonly kind: 'found'; readonly word: string }
  | { readonly kind: 'missing'; readonly word: string; readonly hint: string }
  | { readonly kind: 'unknown' };

/** Looks for the program that a command line for `sh` begins with. */
export async function findProgram(command: string, place: ProgramPlace): Promise<FoundProgram> {
  const word = commandWord(command)?.word;
  if (word === undefined) return { kind: 'unknown' };
  const hint = await missingProgram(word, place);
  if (hint === null || (!word.includes('/') && (await isShellWord(word)))) return { kind: 'found', word };
  return { kind: 'missing', word, hint };
}

/** Looks for a program by its name or path, which no shell reads: null when it is there, else how to mend that. */
export async function missingProgram(program: string, { home, path }: ProgramPlace): Promise<string | null> {
  if (program.includes('/')) {
    const file = resolve(home, program);
    if ((await which(file, { nothrow: true })) !== null) return null;
    return `there is no executable file ${file}; create it, or make it executable: chmod +x '${file}'`;
  }
  if ((await which(program, { path, nothrow: true })) !== null) return null;
  return `there is no program "${program}" on PATH; install it, or give its whole path`;
}

/** Whether it is a builtin or keyword, such as `exec` or `if`: with an empty PATH nothing else has a meaning. */
async function isShellWord(word: string): Promise<boolean> {
  const { exitCode } = await execa('/bin/sh', ['-c', 'PATH=; command -v -- "$1"', 'sh', word], {
    env: {},
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
  });
  return exitCode === 0;
}
