import type { DurableEvent } from '../engine/events.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import type { RunState } from '../engine/state.js';
import { formatCount, formatDuration, formatMoney, formatTokens, shortSha } from './formats.js';
import { endInWords } from './words.js';

type Of<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>;

/** The events of an iteration that are worth a line. */
type IterationFact = Of<
  | 'iteration.started'
  | 'agent.finished'
  | 'gate.finished'
  | 'merge.queued'
  | 'merge.finished'
  | 'iteration.finished'
>;

/** What an event of an iteration says, one fact a string. A part of plainFacts(). Pure. */
export function iterationFacts(event: IterationFact, before: RunState): readonly string[] {
  switch (event.type) {
    case 'iteration.started': {
      const model = event.model === null ? '' : ` ${event.model}`;
      return [`try ${tryOf(event, before)} by ${event.runtime}${model}, from ${shortSha(event.base)}`];
    }
    case 'agent.finished': {
      const tokens = totalTokens(event.tokens);
      const cost = event.cost_usd === null ? 'cost unknown' : formatMoney(event.cost_usd);
      const spent = `${formatTokens(tokens)} tokens, ${cost}`;
      const said = event.closing === null ? 'ended without a word' : `says ${event.closing}`;
      return [`agent ${said} after ${formatDuration(event.duration_ms)}${tokens === 0 ? '' : ` (${spent})`}`];
    }
    case 'gate.finished':
      return gateFacts(event);
    case 'merge.queued': {
      const merging = before.slots.filter(
        ({ activity }) =>
          activity.kind === 'working' && (activity.step === 'merge_turn' || activity.step === 'merge'),
      );
      return merging.length === 0 ? [] : [`waits for its turn to merge, ${merging.length} before it`];
    }
    case 'merge.finished':
      return mergeFacts(event);
    case 'iteration.finished':
      return endFacts(event, before);
  }
}

function tryOf(event: { readonly attempt: number }, { run }: RunState): string {
  return run ? `${event.attempt}/${run.attempts}` : String(event.attempt);
}

function gateFacts(event: Of<'gate.finished'>): readonly string[] {
  const what = event.which === 'own' ? 'gate' : 'gate on the merged tree';
  const took = formatDuration(event.duration_ms);
  const command = event.command === null ? '' : `: ${event.command}`;
  switch (event.outcome) {
    case 'green':
      return [`${what} green (${took})`];
    case 'red':
      return [`${what} RED (${took})${command}`];
    case 'timeout':
      return [`${what} took too long (${took})${command}`];
    case 'aborted':
      return [`${what} aborted (${took})`];
    case 'remembered':
      return [`${what} known to be green`];
    case 'ungated':
      return [];
  }
}

function mergeFacts(event: Of<'merge.finished'>): readonly string[] {
  switch (event.outcome) {
    case 'merged':
      return [
        `merged${event.sha ? ` as ${shortSha(event.sha)}` : ''}, ${formatCount(event.files.length, 'file')}`,
      ];
    case 'conflict':
      return [`merge conflict in ${event.files.join(', ')}`];
    case 'red':
      return ['not merged: the merged tree is red'];
    case 'not_moved':
      return ['not merged: trunk was not moved'];
  }
}

/** Ends whose reason the line before has told: of the gate or the merge. */
const TOLD_ENDS = new Set(['gate_red', 'merged_gate_red', 'conflict']);

/** A good end was told by merge and close already. */
function endFacts(event: Of<'iteration.finished'>, before: RunState): readonly string[] {
  const { end, fate } = event;
  if (end === 'merged' || end === 'empty') return [];
  const reason = event.reason === null || TOLD_ENDS.has(end) ? '' : `: ${event.reason}`;
  const then = fate === null ? ', tried again' : `, ${fate}`;
  return [`try ${tryOf(event, before)} ended (${endInWords(end)})${then}${reason}`];
}
