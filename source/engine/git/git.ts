import { randomUUID } from 'node:crypto';
import { type Options, execa } from 'execa';
import { systemRemedy } from '../system-remedy.js';

/** The exit code that is told of a git that could not be started. */
const NOT_STARTED = -1;

/** What git answered. */
export interface GitAnswer {
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  /** Text for standard input, such as a message for `-F -`. */
  readonly input?: string;
  /** Variables beside those of the whole environment, such as GIT_INDEX_FILE. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Variables for a command whose error message is read: git's own words, in no other language. */
export const ENGLISH: Readonly<Record<string, string>> = { LC_ALL: 'C', LANGUAGE: '' };

/** git ended with an exit code that was not expected. The message names the command and git's own first words. */
export class GitError extends Error {
  override readonly name = 'GitError';

  constructor(
    readonly args: readonly string[],
    readonly cwd: string,
    readonly answer: GitAnswer,
  ) {
    const lines = (answer.stderr || answer.stdout).trim().split('\n');
    // Hints and warnings may come before the reason.
    const words = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines[0] ?? '';
    const how = answer.exit_code === NOT_STARTED ? 'could not be started' : `ended with ${answer.exit_code}`;
    super(`git ${args.join(' ')} in ${cwd} ${how}: ${words}`);
  }
}

/**
 * The real git, with one fixed environment (see environment.ts). Text is decoded as UTF-8: a path whose name is in
 * another encoding comes back with U+FFFD for each byte that is not valid, good for showing it but not for opening it.
 * What opens files by git's word takes {@link Git.bytes}.
 */
export class Git {
  constructor(readonly env: Readonly<Record<string, string>>) {}

  /** Runs git and answers whatever its exit code. Throws only when git cannot be started. */
  async ask(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
    const { exit_code, stdout, stderr } = await this.#run('git', cwd, args, options);
    return { exit_code, stdout: stdout.toString(), stderr };
  }

  /** Runs git and returns its output without the final newline; any exit code but 0 throws a {@link GitError}. */
  async text(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
    return (await this.bytes(cwd, args, options)).toString().replace(/\n$/, '');
  }

  /** Runs git and returns its output untouched; any exit code but 0 throws a {@link GitError}. */
  async bytes(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    const { exit_code, stdout, stderr } = await this.#run('git', cwd, args, options);
    if (exit_code !== 0) throw new GitError(args, cwd, { exit_code, stdout: stdout.toString(), stderr });
    return stdout;
  }

  /** Runs a git command that prints a list ended by NUL. */
  async list(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string[]> {
    return (await this.text(cwd, args, options)).split('\0').filter((entry) => entry !== '');
  }

  /** Whether the command ends with 0; 1 is no; anything else throws. */
  async holds(cwd: string, args: readonly string[]): Promise<boolean> {
    const answer = await this.ask(cwd, args);
    if (answer.exit_code > 1) throw new GitError(args, cwd, answer);
    return answer.exit_code === 0;
  }

  /**
   * Runs several git commands one after the other in one child, and returns their outputs as {@link Git.text} would:
   * to start a process from here costs twice what most of git's commands take. The first that ends with any exit code
   * but 0 throws a {@link GitError}, and none after it runs.
   */
  async texts(cwd: string, commands: readonly (readonly string[])[]): Promise<string[]> {
    return (await this.outputs(cwd, commands)).map((output) => output.toString().replace(/\n$/, ''));
  }

  /** As {@link Git.ask}, for several commands that run one after the other in one child, however each of them ends. */
  async answers(
    cwd: string,
    commands: readonly (readonly string[])[],
    options: GitOptions = {},
  ): Promise<GitAnswer[]> {
    const script = shellLines(commands).map((line) => `${line}; printf "$0%s$0" "$?"; printf "$0" >&2`);
    const marker = `[${randomUUID()}]`;
    const args = ['-c', script.join('; '), marker, ...commands.flat()];
    const { stdout, stderr } = await this.#run('/bin/sh', cwd, args, options, commands[0]);
    const outputs = splitBytes(stdout, marker).map(String);
    const errors = stderr.split(marker);
    return commands.map((_, index) => ({
      exit_code: Number(outputs[index * 2 + 1] ?? 128),
      stdout: outputs[index * 2] ?? '',
      stderr: errors[index] ?? '',
    }));
  }

  /** As {@link Git.texts}, but with the outputs untouched. */
  async outputs(
    cwd: string,
    commands: readonly (readonly string[])[],
    options: GitOptions = {},
  ): Promise<Buffer[]> {
    const script = shellLines(commands).join(` && printf %s "$0" && `);
    const marker = `[${randomUUID()}]`;
    const args = ['-c', script, marker, ...commands.flat()];
    // A folder that is gone is the first command's failure, as it would be without the shell.
    const answer = await this.#run('/bin/sh', cwd, args, options, commands[0]);
    const outputs = splitBytes(answer.stdout, marker);
    if (answer.exit_code === 0) return outputs;
    const failed = commands[outputs.length - 1] ?? [];
    const stdout = outputs.at(-1)?.toString() ?? '';
    throw new GitError(failed, cwd, { exit_code: answer.exit_code, stdout, stderr: answer.stderr });
  }

  async #run(
    program: 'git' | '/bin/sh',
    cwd: string,
    args: readonly string[],
    options: GitOptions,
    told: readonly string[] = args,
  ): Promise<{ exit_code: number; stdout: Buffer; stderr: string }> {
    const settings = {
      cwd,
      env: { ...this.env, ...options.env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      encoding: 'buffer',
      // A process group of its own: a Ctrl-C in the terminal must not cut a git that is writing a ref.
      detached: true,
      cleanup: false,
      maxBuffer: 512 * 1024 * 1024,
    } as const satisfies Options;
    const result = await execa(program, args, {
      ...settings,
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    });
    if (result.exitCode === undefined && result.code !== undefined) {
      const remedy = systemRemedy(result.code);
      const stderr = `${result.originalMessage ?? result.code}${remedy === null ? '' : `. ${remedy}`}`;
      throw new GitError(told, cwd, { exit_code: NOT_STARTED, stdout: '', stderr });
    }
    return {
      // A git that a signal ended has no exit code: told as the shell tells it.
      exit_code: result.exitCode ?? 128,
      stdout: Buffer.from(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength),
      stderr: Buffer.from(result.stderr).toString(),
    };
  }
}

/** The commands for a shell. No argument is ever part of what it reads: there are only the numbers of its parameters. */
function shellLines(commands: readonly (readonly string[])[]): string[] {
  let parameter = 0;
  return commands.map((args) => ['git', ...args.map(() => `"\${${(parameter += 1)}}"`)].join(' '));
}

function splitBytes(bytes: Buffer, marker: string): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker, start)) {
    parts.push(bytes.subarray(start, at));
    start = at + marker.length;
  }
  return [...parts, bytes.subarray(start)];
}
