import process from 'node:process';
import { nearestName } from '../engine/nearest-name.js';
import { plainText } from '../engine/plain-text.js';
import { QueueError } from '../engine/ports.js';
import { type Command, Refusal } from './command.js';
import { withoutQueueFlag } from './task/beads-instead.js';
import { closeTasks } from './task/close.js';
import { taskDependencies } from './task/dep.js';
import { listTasks } from './task/list.js';
import { newTask } from './task/new.js';
import { reopenTask } from './task/reopen.js';
import { showTask } from './task/show.js';
import { updateTask } from './task/update.js';

const HELP = `hew task: the queue of this project, in .hew/tasks.jsonl of its main worktree

  hew task new <title>                files a task
  hew task list                       shows what is not closed, and whether it can be taken
  hew task show <id>                  shows everything about one
  hew task update <id>                changes it
  hew task close <id>...              closes it
  hew task reopen <id>                opens it again
  hew task dep add|remove|list <id>   says what waits for what

\`hew task <verb> --help\` tells the flags of each; all have --json. Where beads keeps the
tasks of the project (a .beads folder) bd is the command for them; --queue file means this queue all the same.
`;

const VERBS: ReadonlyMap<string, Command> = new Map([
  ['new', newTask],
  ['list', listTasks],
  ['show', showTask],
  ['update', updateTask],
  ['close', closeTasks],
  ['reopen', reopenTask],
  ['dep', taskDependencies],
]);

/** `hew task`: the embedded queue by hand. Ends with 0, with 2 when refused, with 1 when a task may not be closed. */
export const task: Command = async (argv) => {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === '--help' || verb === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  const run = VERBS.get(verb);
  if (!run) {
    const meant = nearestName(verb, VERBS.keys());
    const hint = meant === null ? '`hew task --help` lists them.' : `Did you mean \`hew task ${meant}\`?`;
    throw new Refusal(`there is no "hew task ${plainText(verb)}". ${hint}`);
  }
  try {
    return await run(await withoutQueueFlag(verb, rest));
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    throw new Refusal(error.message.split('\n').map(plainText).join('\n'), { cause: error });
  }
};
