import { requireTask } from '../../engine/queue/task-changes.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';
import type { ExitCode } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { parseTaskId } from './parse-task-id.js';
import { taskJson } from './task-json.js';
import { linkLines, taskLinks } from './task-links.js';
import { taskState } from './task-state.js';

const HELP = `
hew task show <id> [flags]    shows everything about a task

      --json   print the task as JSON
`;

/** `hew task show`: every field, what the task waits for and what waits for it. */
export async function showTask(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, operands: ['<id>'], flags: { json: { type: 'boolean' } } });
  if (parsed.kind === 'help') return 0;
  const id = parseTaskId(parsed.operands[0]);
  const queue = await openQueue();
  const { tasks } = await queue.list();
  const task = requireTask(tasks, id);
  const now = new Date();
  const links = taskLinks(task, tasks, now);
  if (parsed.flags.json) {
    printJson({ ...taskJson(task, tasks, now), ...links });
    return 0;
  }
  printLines([
    `${task.id}  ${task.title}`,
    ...factLines(task, taskState(task, tasks, now)),
    ...textSection('Description', task.description),
    ...textSection('Acceptance', task.acceptance_criteria),
    ...linkLines(links),
    ...textSection('Notes', task.notes),
  ]);
  return 0;
}

function factLines(task: StoredTask, state: string): readonly string[] {
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['state', state],
    ['status', task.status],
    ['priority', String(task.priority)],
    ['type', task.issue_type],
    ['labels', task.labels.join(', ') || null],
    ['assignee', task.assignee],
    ['pinned', task.pinned ? 'yes' : null],
    ['deferred', task.defer_until],
    ['created', task.created_at],
    ['updated', task.updated_at],
    ['closed', task.closed_at],
    ['reason', task.close_reason],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(8)}  ${value}`]));
}

function textSection(heading: string, text: string): readonly string[] {
  if (text === '') return [];
  return ['', heading, ...text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).map((line) => `  ${line}`)];
}
