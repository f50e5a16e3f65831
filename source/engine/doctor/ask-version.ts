import { execa } from 'execa';
import { plainLine } from '../plain-line.js';

const TIMEOUT_MS = 15_000;

/** A program's version, or why it did not tell one. */
export type ToldVersion =
  | { readonly kind: 'told'; readonly version: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Asks a program for its version, which is the first number of two or more parts that it prints. Never throws. */
export async function askVersion(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ToldVersion> {
  const answer = await execa(file, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
  });
  const version = /\d+(?:\.\d+)+(?:-[\w.]+)?/.exec(answer.stdout ?? '')?.[0];
  if (answer.exitCode === 0 && version !== undefined) return { kind: 'told', version };
  const said = plainLine((answer.stderr || answer.originalMessage) ?? '', 200);
  const command = [file, ...args].join(' ');
  return { kind: 'failed', problem: `${command} told no version${said === '' ? '' : `: ${said}`}` };
}

/** Whether a version's parts are at least those of the floor. Pure. */
export function isAtLeast(version: string, floor: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [index, least] of floor.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
