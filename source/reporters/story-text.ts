import type { DurableEvent } from '../engine/events.js';
import { plainText } from '../engine/plain-text.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import { salvageName } from '../engine/salvage-name.js';
import type { TaskSummary } from '../engine/task-summary.js';
import type { StoryStep, TaskStory } from '../engine/task-story.js';
import { factLines } from './fact-lines.js';
import {
  formatClock,
  formatCount,
  formatDateTime,
  formatDuration,
  formatMoney,
  formatTokens,
} from './formats.js';
import { paragraph } from './paragraph.js';
import { plainFacts } from './plain-facts.js';

/** Of many files the first tell enough. */
const SHOWN_FILES = 30;

type Of<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>;

/**
 * What happened to a task, as text of at most `columns` columns, commands apart: what came of it, then each attempt with
 * its steps. Pure, but for the time zone of the clock.
 */
export function storyText({ task, steps }: TaskStory, columns: number): string {
  const told = steps.map((step) => stepText(step, steps, columns)).filter((text) => text !== '');
  return [...headLines(task, columns), '', ...told].join('\n');
}

function headLines(task: TaskSummary, columns: number): readonly string[] {
  const { fate, tries, duration_ms, cost_usd, cost_unknown, tokens, sha, bug, paths, salvages } = task;
  const facts = [
    fate ?? 'in work',
    formatCount(tries, 'try', 'tries'),
    formatDuration(duration_ms),
    formatMoney(cost_usd, cost_unknown),
    `${formatTokens(tokens)} tokens`,
  ];
  const more = paths.length > SHOWN_FILES ? ` and ${paths.length - SHOWN_FILES} more` : '';
  const files = `${formatCount(paths.length, 'file')}: ${paths.slice(0, SHOWN_FILES).join(', ')}${more}`;
  return [
    paragraph(`${task.id}  ${task.title}`, columns),
    factLines(facts, columns),
    ...(task.reason === null ? [] : [paragraph(task.reason, columns)]),
    ...(sha === null ? [] : [` commit ${sha}`]),
    ...(bug === null ? [] : [paragraph(`waits for ${bug}`, columns)]),
    ...(paths.length === 0 ? [] : [paragraph(files, columns)]),
    ...salvages.map((ref) => ` hew loop salvage show ${plainText(salvageName(ref))}`),
  ];
}

function stepText({ event, before, after }: StoryStep, steps: readonly StoryStep[], columns: number): string {
  if (event.type === 'iteration.started') return `\n${tryLine(event, before.run?.attempts, steps, columns)}`;
  return plainFacts(event, before, after)
    .map((fact, index) =>
      paragraph(fact, columns, index === 0 ? `   ${formatClock(event.at)}  ` : ' '.repeat(13)),
    )
    .join('\n');
}

/** Which attempt begins, by whom, and what it came to. */
function tryLine(
  { at, attempt, worker, iteration, runtime, model }: Of<'iteration.started'>,
  attempts: number | undefined,
  steps: readonly StoryStep[],
  columns: number,
): string {
  const end = steps
    .map(({ event }) => event)
    .find(
      (event): event is Of<'iteration.finished'> =>
        event.type === 'iteration.finished' && event.worker === worker && event.iteration === iteration,
    );
  const tokens = end ? totalTokens(end.tokens) : 0;
  const facts = [
    `TRY ${attempt}${attempts === undefined ? '' : `/${attempts}`}`,
    `w${worker} iteration ${iteration}`,
    plainText([runtime, end?.model ?? model].filter((each) => each !== null).join(' ')),
    formatDateTime(at),
    ...(end
      ? [
          formatDuration(end.duration_ms),
          formatMoney(end.cost_usd ?? 0, end.cost_usd === null && tokens > 0),
          `${formatTokens(tokens)} tokens`,
        ]
      : ['not ended']),
  ];
  return factLines(facts, columns);
}
