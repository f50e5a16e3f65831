import process from 'node:process';
import { type Command, type ExitCode, Refusal } from './commands/command.js';
import { plainText } from './engine/plain-text.js';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every subcommand by the words that name it; nothing of it is imported before it is chosen. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  'loop run': {
    summary: 'drains the queue with several agents at once; --help lists the flags',
    load: async () => (await import('./commands/loop/run.js')).runLoop,
  },
  'loop land': {
    summary: 'brings the merges of a run home to the branch that it started from',
    load: async () => (await import('./commands/loop/land.js')).landRun,
  },
  task: {
    summary: 'new|list|show|close|reopen|update|dep: the embedded queue',
    load: async () => (await import('./commands/task.js')).task,
  },
};

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, entry]) => `  hew ${name.padEnd(width)}  ${entry.summary}`,
  );
  return ['hew runs coding agents in parallel and merges what passes your tests.', '', ...lines, ''].join(
    '\n',
  );
}

function findCommand(argv: readonly string[]): { entry: Entry; rest: readonly string[] } | null {
  for (const words of [2, 1]) {
    const entry = COMMANDS[argv.slice(0, words).join(' ')];
    if (argv.length >= words && entry) return { entry, rest: argv.slice(words) };
  }
  return null;
}

/** Runs the subcommand that `argv` names and returns the exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  // A reader that has gone (`hew task list | head -1`) is no fault, and a run must go on without it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const first = argv[0];
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(help());
    return 0;
  }
  const found = findCommand(argv);
  if (!found) {
    process.stderr.write(
      `hew: there is no command "${plainText(argv.slice(0, 2).join(' '))}". \`hew --help\` lists them.\n`,
    );
    return 2;
  }
  try {
    const command = await found.entry.load();
    return await command(found.rest);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`hew: ${error.message}\n`);
    return 2;
  }
}
