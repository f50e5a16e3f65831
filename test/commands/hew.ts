import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** How a `hew` ended. */
export interface HewResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a `hew` is started. */
export interface HewOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the built `hew` with these arguments to its end. */
export async function hew(options: HewOptions, ...argv: readonly string[]): Promise<HewResult> {
  const { cwd, env, input = '' } = options;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [BIN, ...argv], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    input,
  });
  return { code: exitCode, stdout, stderr };
}
