import type { TaskId } from '../../engine/ids.js';
import { requireTask } from '../../engine/queue/task-changes.js';
import { type ExitCode, Refusal } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { parseTaskId } from './parse-task-id.js';
import { printTask } from './print-task.js';
import { linkLines, taskLinks } from './task-links.js';

const HELP = `
hew task dep add <id> <blocker>       <id> is not ready before <blocker> is closed
hew task dep remove <id> <blocker>    it no longer waits for <blocker>
hew task dep list <id>                what it waits for, and what waits for it

      --json   print the task, or its dependencies, as JSON
`;

/** `hew task dep`: which task waits for which. */
export async function taskDependencies(argv: readonly string[]): Promise<ExitCode> {
  const verb = argv[0] ?? '';
  const isKnown = ['add', 'remove', 'list'].includes(verb);
  const parsed = parseFlags({
    argv: isKnown ? argv.slice(1) : argv,
    help: HELP,
    operands: !isKnown ? ['[verb]', '[argument]...'] : verb === 'list' ? ['<id>'] : ['<id>', '<blocker>'],
    flags: { json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  if (!isKnown)
    throw new Refusal('hew task dep takes add, remove or list. `hew task dep --help` tells more.');
  const { operands, flags } = parsed;
  const id = parseTaskId(operands[0]);
  if (verb === 'list') return await listLinks(id, flags.json);
  const blocker = parseTaskId(operands[1]);
  const queue = await openQueue();
  await (verb === 'add' ? queue.addDependency(id, blocker) : queue.removeDependency(id, blocker));
  return await printTask(queue, id, flags.json);
}

async function listLinks(id: TaskId, json: boolean | undefined): Promise<ExitCode> {
  const queue = await openQueue();
  const { tasks } = await queue.list();
  const links = taskLinks(requireTask(tasks, id), tasks, new Date());
  const lines = linkLines(links).slice(1);
  if (json) printJson(links);
  else printLines(lines.length > 0 ? lines : [`${id} waits for nothing, and nothing waits for it.`]);
  return 0;
}
