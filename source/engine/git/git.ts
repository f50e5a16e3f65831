import { execa } from 'execa';

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

/** git ended with an exit code that was not expected. The message names the command and git's own first words. */
export class GitError extends Error {
  override readonly name = 'GitError';

  constructor(
    readonly args: readonly string[],
    readonly cwd: string,
    readonly answer: GitAnswer,
  ) {
    const words = (answer.stderr || answer.stdout).trim().split('\n')[0] ?? '';
    super(`git ${args.join(' ')} in ${cwd} ended with ${answer.exit_code}: ${words}`);
  }
}

/** The real git, with one fixed environment (see environment.ts). */
export class Git {
  constructor(readonly env: Readonly<Record<string, string>>) {}

  /** Runs git and answers whatever its exit code. Throws only when git cannot be started. */
  async ask(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
    const result = await execa('git', args, {
      cwd,
      env: { ...this.env, ...options.env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      // A process group of its own: a Ctrl-C in the terminal must not cut a git that is writing a ref.
      detached: true,
      cleanup: false,
      maxBuffer: 512 * 1024 * 1024,
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    });
    if (result.exitCode === undefined && result.code !== undefined) {
      throw new GitError(args, cwd, {
        exit_code: -1,
        stdout: '',
        stderr: result.originalMessage ?? result.code,
      });
    }
    // A git that a signal ended has no exit code: told as the shell tells it.
    return { exit_code: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs git and returns its output without the final newline; any exit code but 0 throws a {@link GitError}. */
  async text(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
    const answer = await this.ask(cwd, args, options);
    if (answer.exit_code !== 0) throw new GitError(args, cwd, answer);
    return answer.stdout.replace(/\n$/, '');
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
}
