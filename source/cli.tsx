import process from 'node:process';
import { type Command, type ExitCode, Refusal } from './commands/command.js';
import { systemFault } from './commands/system-fault.js';
import { nearestName } from './engine/nearest-name.js';
import { plainText } from './engine/plain-text.js';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every subcommand by the words that name it; nothing of it is imported before it is chosen. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  tui: {
    summary: 'drains the queue, every agent live on screen',
    load: async () => (await import('./commands/tui.js')).runTui,
  },
  'loop run': {
    summary: 'the same without a screen, told line by line',
    load: async () => (await import('./commands/loop/run.js')).runLoop,
  },
  'loop resume': {
    summary: 'goes on with a run that was cut by a crash',
    load: async () => (await import('./commands/loop/resume.js')).resumeLoop,
  },
  'loop abandon': {
    summary: 'gives a cut run up: tasks go back, work is kept',
    load: async () => (await import('./commands/loop/abandon.js')).abandonLoop,
  },
  'loop land': {
    summary: 'brings the merges of a run home to where it started',
    load: async () => (await import('./commands/loop/land.js')).landRun,
  },
  'loop summary': {
    summary: 'tells what a run came to, and what is left to do',
    load: async () => (await import('./commands/loop/summary.js')).summariseLoop,
  },
  'loop logs': {
    summary: 'prints the lines of a run, or an iteration',
    load: async () => (await import('./commands/loop/logs.js')).printLogs,
  },
  'loop list': {
    summary: 'shows the runs of this project',
    load: async () => (await import('./commands/loop/list.js')).listLoops,
  },
  'loop cancel': {
    summary: 'lets the live run begin nothing more, or aborts it',
    load: async () => (await import('./commands/loop/cancel.js')).cancelRun,
  },
  'loop raise': {
    summary: 'raises limits of the live run',
    load: async () => (await import('./commands/loop/raise.js')).raiseLimits,
  },
  'loop skip': {
    summary: 'lets the live run leave a task alone',
    load: async () => (await import('./commands/loop/steer-task.js')).skipTask,
  },
  'loop retry': {
    summary: 'lets the live run take a task once more',
    load: async () => (await import('./commands/loop/steer-task.js')).retryTask,
  },
  'loop prune-worktrees': {
    summary: 'removes what dead runs have left, work salvaged',
    load: async () => (await import('./commands/loop/prune-worktrees.js')).pruneWorktrees,
  },
  'loop salvage': {
    summary: 'list|show|restore|drop: the work that was kept',
    load: async () => (await import('./commands/salvage.js')).salvage,
  },
  slot: {
    summary: 'pause|resume|abort|note|add|remove: the live run',
    load: async () => (await import('./commands/slot.js')).slot,
  },
  demo: {
    summary: 'shows it all in a minute, in a throw-away project',
    load: async () => (await import('./commands/demo.js')).demo,
  },
  doctor: {
    summary: 'tells what a run would find here, and what to do',
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  task: {
    summary: 'new|list|show|update|close …: the embedded queue',
    load: async () => (await import('./commands/task.js')).task,
  },
};

/** Errors whose message is written for people; by name, since their classes must not be loaded for `--help`. */
const TOLD_ERRORS = new Set([
  'ControlError',
  'GitError',
  'JournalError',
  'QueueError',
  'RunFileError',
  'SettingsError',
]);

function plainLinesOf(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, entry]) => `  hew ${name.padEnd(width)}  ${entry.summary}`,
  );
  const about = 'hew runs coding agents in parallel and merges what passes your tests.';
  return [about, '', ...lines, '', '`hew <command> --help` tells more of each.', ''].join('\n');
}

function findCommand(argv: readonly string[]): { entry: Entry; rest: readonly string[] } | null {
  for (const words of [2, 1]) {
    const entry = COMMANDS[argv.slice(0, words).join(' ')];
    if (argv.length >= words && entry) return { entry, rest: argv.slice(words) };
  }
  return null;
}

function unknownCommand(argv: readonly string[]): string {
  const words = argv.slice(0, 2).join(' ');
  const meant =
    nearestName(words, Object.keys(COMMANDS)) ?? nearestName(argv[0] ?? '', Object.keys(COMMANDS));
  const hint = meant === null ? '`hew --help` lists them.' : `Did you mean \`hew ${meant}\`?`;
  return `there is no command "${plainText(words)}". ${hint}`;
}

/** Runs the subcommand that `argv` names and returns the exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  // A reader that has gone (`hew task list | head -1`) is no fault, and a run must go on without it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A terminal that is gone says EIO.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
  const first = argv[0];
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(help());
    return 0;
  }
  const found = findCommand(argv);
  if (!found) {
    process.stderr.write(`hew: ${unknownCommand(argv)}\n`);
    return 2;
  }
  try {
    const command = await found.entry.load();
    return await command(found.rest);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTold = error instanceof Refusal || TOLD_ERRORS.has(error.name);
    const words = isTold ? error.message : systemFault(error);
    if (words === null) throw error;
    process.stderr.write(`hew: ${plainLinesOf(words)}\n`);
    return error instanceof Refusal ? 2 : 1;
  }
}
