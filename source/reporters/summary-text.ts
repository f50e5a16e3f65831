import type { NextStep } from '../engine/next-steps.js';
import { plainText } from '../engine/plain-text.js';
import type { Summary, Timeline, WorkerSummary } from '../engine/summary.js';
import type { TaskSummary } from '../engine/task-summary.js';
import { factLines } from './fact-lines.js';
import type { SummaryColumn } from './fit-columns.js';
import { formatClock, formatCount, formatDuration, formatMoney, formatTokens, shortSha } from './formats.js';
import { paragraph } from './paragraph.js';
import { summaryTable } from './summary-table.js';
import { timelineLegend, timelineText } from './timeline-text.js';
import { stopInWords } from './words.js';

/** What is assumed where there is no terminal. */
const DEFAULT_COLUMNS = 80;

/**
 * A run's summary as text of at most `columns` columns, for a terminal or a pipe; commands alone are never broken, so
 * that they can be copied. It loads Ink: import it only when it is to be printed.
 */
export function summaryText(
  summary: Summary,
  { columns = DEFAULT_COLUMNS }: { readonly columns?: number } = {},
): string {
  const sections = [
    headSection(summary, columns),
    summary.next_steps.length === 0 ? '' : stepsSection(summary.next_steps, columns),
    summary.foreign_changes.length === 0 ? '' : foreignSection(summary.foreign_changes, columns),
    summary.workers.length === 0 ? '' : workersSection(summary, columns),
    summary.tasks.length === 0 ? '' : tasksSection(summary.tasks, columns),
    summary.timeline === null ? '' : timelineSection(summary.timeline, columns),
    summary.problems.length === 0 ? '' : problemsSection(summary.problems, columns),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headSection(summary: Summary, columns: number): string {
  const { all, left } = summary;
  const facts = [
    standingInWords(summary),
    formatDuration(summary.wall_ms),
    formatMoney(all.cost_usd, all.cost_unknown),
    `${formatTokens(all.tokens)} tokens`,
  ];
  const counts = Object.entries(summary.counts).filter(([, count]) => count > 0);
  const tasks = [
    formatCount(summary.tasks.length, 'task'),
    ...counts.map(([fate, count]) => `${count} ${fate}`),
    ...(summary.in_work === 0 ? [] : [`${summary.in_work} in work`]),
    ...(left === null || left === 0 ? [] : [`${left} left in the queue`]),
  ];
  return [
    paragraph(`hew  ${summary.run ?? ''}`, columns),
    factLines(facts, columns),
    ...(summary.stop_detail ? [paragraph(summary.stop_detail, columns)] : []),
    ...(summary.ungated ? [paragraph('UNGATED: no test or lint command has checked the work', columns)] : []),
    ...landingLines(summary, columns),
    factLines(tasks, columns),
  ].join('\n');
}

function standingInWords({ standing, stop_reason, last_seen }: Summary): string {
  switch (standing) {
    case 'goes_on':
      return 'goes on';
    case 'crashed':
      return `crashed${last_seen === null ? '' : `, last seen ${formatClock(last_seen)}`}`;
    case 'ended':
      return stop_reason === null ? 'ended' : `ended: ${plainText(stopInWords(stop_reason))}`;
  }
}

function landingLines({ landing }: Summary, columns: number): readonly string[] {
  switch (landing.kind) {
    case 'landed': {
      const moved = `${landing.branch} moved ${shortSha(landing.from)} -> ${shortSha(landing.to)}`;
      return [paragraph(moved, columns), command(`to undo: ${landing.undo}`, ' ')];
    }
    case 'not_landed':
      return [
        paragraph(`NOT LANDED on ${landing.branch}: the merges are at ${shortSha(landing.to)}`, columns),
      ];
    case 'detached':
      return [paragraph(`the merges are on ${landing.trunk}`, columns)];
    case 'nothing':
      return [];
  }
}

function command(text: string, indent: string): string {
  return indent + plainText(text);
}

function stepsSection(steps: readonly NextStep[], columns: number): string {
  const width = String(steps.length).length;
  return [
    ' FOR YOU',
    ...steps.flatMap(({ why, commands }, index) => [
      paragraph(why, columns, ` ${String(index + 1).padStart(width)}  `),
      ...commands.map((each) => command(each, ' '.repeat(width + 5))),
    ]),
  ].join('\n');
}

function foreignSection(changes: readonly string[], columns: number): string {
  return [
    ' CHANGED OUTSIDE OF THE WORKTREES',
    ...changes.map((change) => paragraph(change, columns, '   ')),
  ].join('\n');
}

function problemsSection(problems: readonly string[], columns: number): string {
  return [' COULD NOT BE READ', ...problems.map((problem) => paragraph(problem, columns, '   '))].join('\n');
}

function timelineSection(timeline: Timeline, columns: number): string {
  const legend = factLines(timelineLegend(timeline), columns);
  return [...timelineText(timeline, columns).map((line) => line.trimEnd()), legend].join('\n');
}

type WorkerColumn =
  | 'worker'
  | 'iterations'
  | 'closed'
  | 'runtime'
  | 'tokens'
  | 'cost'
  | 'wall'
  | 'busy'
  | 'stop';

const WORKER_COLUMNS: readonly SummaryColumn<WorkerColumn>[] = [
  { key: 'worker' },
  { key: 'iterations', align: 'right', leave: 2 },
  { key: 'closed', align: 'right', leave: 1 },
  { key: 'runtime', leave: 3, least: 7 },
  { key: 'tokens', align: 'right' },
  { key: 'cost', align: 'right' },
  { key: 'wall', align: 'right', leave: 5 },
  { key: 'busy', align: 'right', leave: 4 },
  { key: 'stop', least: 11 },
];

function workerRow(worker: WorkerSummary): Record<WorkerColumn, string> {
  return {
    worker: worker.worker === 'all' ? 'all' : `w${worker.worker}`,
    iterations: String(worker.iterations),
    closed: String(worker.closed),
    runtime: plainText(worker.runtimes.join(', ')),
    tokens: formatTokens(worker.tokens),
    cost: formatMoney(worker.cost_usd, worker.cost_unknown),
    wall: worker.wall_ms === null ? '-' : formatDuration(worker.wall_ms),
    busy: worker.busy === null ? '-' : `${Math.round(worker.busy * 100)}%`,
    stop: plainText(worker.stop ?? '-'),
  };
}

function workersSection({ workers, all }: Summary, columns: number): string {
  return summaryTable([...workers, all].map(workerRow), WORKER_COLUMNS, columns);
}

type TaskColumn = 'task' | 'fate' | 'tries' | 'time' | 'tokens' | 'cost' | 'commit' | 'title';

const TASK_COLUMNS: readonly SummaryColumn<TaskColumn>[] = [
  { key: 'task' },
  { key: 'fate' },
  { key: 'tries', align: 'right', leave: 2 },
  { key: 'time', align: 'right', leave: 3 },
  { key: 'tokens', align: 'right', leave: 4 },
  { key: 'cost', align: 'right' },
  { key: 'commit', leave: 1 },
  { key: 'title', least: 24 },
];

function tasksSection(tasks: readonly TaskSummary[], columns: number): string {
  const rows = tasks.map((task): Record<TaskColumn, string> => {
    return {
      task: task.id,
      fate: task.fate ?? 'in work',
      tries: String(task.tries),
      time: formatDuration(task.duration_ms),
      tokens: formatTokens(task.tokens),
      cost: formatMoney(task.cost_usd, task.cost_unknown),
      commit: placeOf(task),
      title: plainText(task.title),
    };
  });
  return summaryTable(rows, TASK_COLUMNS, columns);
}

/** Where a task's work is. */
function placeOf({ sha, worker, fate, salvages }: TaskSummary): string {
  if (sha !== null) return shortSha(sha);
  if (fate === 'conflicted' && worker !== null) return `w${worker}`;
  return salvages.length === 0 ? '-' : 'salvaged';
}
