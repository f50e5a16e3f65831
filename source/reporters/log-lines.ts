import { plainText } from '../engine/plain-text.js';
import type { AgentLine } from '../engine/ports.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import type { StoredIteration } from '../engine/run-files/run-records.js';
import { NO_TOKENS } from '../engine/ports.js';
import { formatClock, formatCount, formatTokens } from './formats.js';

const MARKS: Readonly<Record<AgentLine['kind'], string>> = {
  text: '',
  tool: '> ',
  result: '    ',
  error: '! ',
};

/** A line of an iteration's log, its kind told as a pane tells it. Pure. */
export function logLine({ kind, text }: AgentLine): string {
  return plainText(MARKS[kind] + text).trimEnd();
}

/** `13:19:07  w0 3  app-12: closed, claude, 48.1k tokens`: an iteration of which only the record is there. Pure. */
export function iterationLine({ worker, record }: StoredIteration): string {
  const { number, task_id, started_at, outcome, runtime_used, model, cost } = record;
  const tokens = cost === null ? 0 : totalTokens({ ...NO_TOKENS, ...withoutNulls(cost) });
  const facts = [
    (outcome ?? 'not ended').replaceAll('_', ' '),
    ...(runtime_used === null ? [] : [[runtime_used, model ?? ''].join(' ').trim()]),
    ...(tokens === 0 ? [] : [`${formatTokens(tokens)} tokens`]),
  ];
  const when = started_at === null || Number.isNaN(Date.parse(started_at)) ? '' : formatClock(started_at);
  const line = `${when.padEnd(8)}  w${worker} ${number}  ${task_id ?? '?'}: ${facts.join(', ')}`;
  return plainText(line).trimEnd();
}

/** All that an iteration's record tells of its work, where there is no log of it. Pure. */
export function recordLines(iteration: StoredIteration): readonly string[] {
  const { decisions, deferred, tool_calls, stderr_tail, reason } = iteration.record;
  const calls = tool_calls ?? [];
  return [
    iterationLine(iteration),
    ...(reason === null ? [] : [`  ${reason}`]),
    ...(calls.length === 0 ? [] : [`  ${formatCount(calls.length, 'tool call')}: ${calls.join(', ')}`]),
    ...(decisions ?? []).map((text) => `  decision: ${text}`),
    ...(deferred ?? []).map((text) => `  deferred: ${text}`),
    ...(stderr_tail ?? '').split('\n').flatMap((line) => (line.trim() === '' ? [] : [`  stderr: ${line}`])),
  ].map((line) => plainText(line).trimEnd());
}

function withoutNulls(counts: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (count === null ? [] : [[name, count]])),
  );
}
