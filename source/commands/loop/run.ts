import type { ExitCode } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { RUN_FLAGS, RUN_FLAGS_HELP } from './run-flags.js';
import { runInLines } from './run-in-lines.js';

const HELP = `
hew loop run [flags]    drains the queue: each task in a worktree of its own, merged when the tests pass

${RUN_FLAGS_HELP.trim().replace(/^/, '  ')}

It ends with 0 when all went well, 1 when something is conflicted, failed, stranded, not given back or not landed,
2 when it could not start, 3 when a limit stopped it with tasks left, 130 when it was aborted.

  hew loop run --jobs 4 --model sonnet
  hew loop run --jobs 4 --agent-command "./agent.sh"
`;

/** `hew loop run`: the whole job without a screen, told line by line. */
export async function runLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: RUN_FLAGS });
  return parsed.kind === 'help' ? 0 : runInLines(parsed.flags);
}
